package io.github.websocketkeepalive.stream.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.websocketkeepalive.stream.StreamPolicy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Any source and any client, told in another way: row by row.
 */
class SendWindowModelTests {

	private static final int STEPS = 20_000;

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8 })
	void noSourceIsAskedForMoreThanItsClientHasRoomForAndNoStreamStandsStill(long seed) {
		Random random = new Random(seed);
		StreamPolicy policy = new StreamPolicy(1 + random.nextInt(50), 1 + random.nextInt(5000), 1 + random.nextInt(8),
				10, 1 << 22, 1 << 16);
		new Model(policy, random).run();
	}

	private static final class Model {

		private final StreamPolicy policy;

		private final Random random;

		private final SendWindow window;

		private final List<Long> batchEnds = new ArrayList<>();

		private final List<Long> rowOffsets = new ArrayList<>();

		private long requested;

		private long received;

		private long next;

		private long acknowledged;

		private int size = 1;

		private Model(StreamPolicy policy, Random random) {
			this.policy = policy;
			this.random = random;
			this.window = new SendWindow(policy, null);
		}

		void run() {
			for (int step = 0; step < STEPS; step++) {
				switch (this.random.nextInt(8)) {
					case 0, 1, 2 -> emit();
					case 3, 4, 5 -> send();
					case 6 -> acknowledge();
					default -> changeSize();
				}
				check();
			}
			assertThat(this.next).isGreaterThan(STEPS / 1000);
			finish();
		}

		private void ask() {
			long rows = this.window.demandToComplete(this.random.nextInt(this.policy.batchSize()));
			assertThat(rows > 0).isEqualTo(this.window.demand() > 0);
			this.window.asked(rows);
			this.requested += rows;
			assertThat(this.requested - acknowledgedRows())
				.isLessThanOrEqualTo((long) this.policy.window() * this.policy.batchSize());
		}

		private void emit() {
			ask();
			this.received += this.random.nextLong(this.requested - this.received + 1);
		}

		private void send() {
			int rows = (int) Math.min(this.received - this.rowOffsets.size(), this.policy.batchSize());
			assertThat(this.window.hasRoom()).isEqualTo(unacknowledgedBatches() < this.policy.window());
			if (rows > 0 && this.window.hasRoom()) {
				if (this.random.nextInt(50) == 0) {
					this.next += this.random.nextInt(10);
					this.window.skipTo(this.next);
				}
				assertThat(this.window.nextOffset()).isEqualTo(this.next);
				this.window.sent(rows, rows * this.size);
				for (int row = 0; row < rows; row++) {
					this.rowOffsets.add(this.next++);
				}
				this.batchEnds.add(this.next);
			}
		}

		private void acknowledge() {
			long offset = this.random.nextLong(this.next + 2);
			assertThat(this.window.acknowledge(offset)).isEqualTo(offset <= this.next);
			if (offset <= this.next) {
				this.acknowledged = Math.max(this.acknowledged, offset);
			}
		}

		private void changeSize() {
			this.size = 1 + this.random.nextInt(2 * this.policy.batchBytes());
		}

		private void check() {
			assertThat(this.window.acknowledgedOffset()).isEqualTo(this.acknowledged);
			assertThat(this.window.isSettled()).isEqualTo(unacknowledgedBatches() == 0);
		}

		// A client that acknowledges all that it has is never left waiting.
		private void finish() {
			for (int i = 0; i < 100; i++) {
				long before = this.next;
				assertThat(this.window.acknowledge(this.next)).isTrue();
				this.acknowledged = this.next;
				ask();
				this.received = this.requested;
				send();
				assertThat(this.next).isGreaterThan(before);
			}
		}

		private long unacknowledgedBatches() {
			return this.batchEnds.stream().filter((end) -> end > this.acknowledged).count();
		}

		private long acknowledgedRows() {
			return this.rowOffsets.stream().filter((offset) -> offset < this.acknowledged).count();
		}

	}

}
