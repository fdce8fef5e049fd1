package io.github.websocketkeepalive.stream.topic;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares {@link TopicHistory} with a list of which the oldest messages are removed
 * until the rest is within bounds. A failure tells the seed; give it as the system
 * property {@code seed} to see it again.
 */
class TopicHistoryModelTests {

	private static final int WORLDS = 200;

	private static final int STEPS = 300;

	private final long seed = Long.getLong("seed", System.nanoTime());

	private final SplittableRandom random = new SplittableRandom(this.seed);

	@Test
	void keepsExactlyWhatIsWithinItsBounds() {
		for (int i = 0; i < WORLDS; i++) {
			World world = new World();
			for (int j = 0; j < STEPS; j++) {
				world.step();
				world.compare();
			}
		}
	}

	private final class World {

		private final SplittableRandom random = TopicHistoryModelTests.this.random;

		private final HistoryPolicy policy = new HistoryPolicy(1 + this.random.nextInt(80),
				1 + this.random.nextInt(400), Duration.ofNanos(1 + this.random.nextInt(200)));

		private final Deque<Message> model = new ArrayDeque<>();

		private long head = this.random.nextLong(1L << 40);

		private final TopicHistory history = new TopicHistory(this.policy, "e", this.head);

		private long now = this.random.nextLong();

		private void step() {
			this.now += this.random.nextInt(5) * this.random.nextInt(10);
			switch (this.random.nextInt(20)) {
				case 0 -> skip();
				case 1 -> this.history.removeExpired(this.now);
				default -> append();
			}
			this.model.removeIf((message) -> this.now - message.appendedAt >= this.policy.ttl().toNanos());
		}

		private void append() {
			String text = Long.toString(this.random.nextLong(1L << this.random.nextInt(62)), 36);
			this.history.append(text.getBytes(StandardCharsets.UTF_8), this.now, this.now);
			this.model.add(new Message(text, this.now));
			this.head++;
			while (this.model.size() > this.policy.maxEntries()
					|| (this.model.size() > 1 && bytes() > this.policy.maxBytes())) {
				this.model.remove();
			}
		}

		private void skip() {
			this.head += this.random.nextInt(1000);
			this.history.skipTo(this.head);
			this.model.clear();
		}

		private long bytes() {
			return this.model.stream().mapToLong((message) -> message.text.length()).sum();
		}

		private void compare() {
			this.history.removeExpired(this.now);
			String as = "seed " + TopicHistoryModelTests.this.seed;
			assertThat(List.of(this.history.head(), this.history.oldest(), this.history.bytes())).as(as)
				.containsExactly(this.head, this.head - this.model.size(), bytes());
			assertThat(TopicHistoryTests.kept(this.history)).as(as)
				.isEqualTo(this.model.stream().map(Message::text).toList());
			assertThat(LongStream.rangeClosed(1, this.policy.maxEntries())
				.map((lost) -> Math.max(0, this.history.oldest() - lost))
				.filter((offset) -> offset < this.history.oldest())
				.mapToObj(this.history::get)
				.filter(Objects::nonNull)).as(as).isEmpty();
		}

		private record Message(String text, long appendedAt) {
		}

	}

}
