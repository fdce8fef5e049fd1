package io.github.websocketkeepalive.fault;

import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import io.github.websocketkeepalive.test.StreamPeer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Follows a topic on one of several servers, goes away, and continues on another after a
 * while, which is now and then longer than the history lasts. Fails as soon as it gets a
 * message that is not the next one without having been told exactly how many it misses.
 */
final class TopicSubscriber implements Callable<TopicSubscriber> {

	/**
	 * What a batch takes, so that messages gather and leave some of the machine to the
	 * servers and to Redis.
	 */
	private static final int WORK = 10;

	private static final int LONGEST_STAY = 3000;

	private static final int SHORT_ABSENCE = 1500;

	private static final int LONG_ABSENCE = 8000;

	private final int[] ports;

	private final BooleanSupplier stopped;

	private final SplittableRandom random;

	private @Nullable String epoch;

	private long first;

	private long next;

	private long missing;

	private final AtomicInteger gaps;

	private final AtomicInteger continued;

	private long[] messages = new long[1024];

	private long[] offsets = new long[1024];

	private int size;

	/**
	 * Create a subscriber.
	 * @param gaps counts how often any is told of a gap
	 * @param continued counts how often any continues without one
	 */
	TopicSubscriber(int[] ports, BooleanSupplier stopped, AtomicInteger gaps, AtomicInteger continued, long seed) {
		this.gaps = gaps;
		this.continued = continued;
		this.ports = ports;
		this.stopped = stopped;
		this.random = new SplittableRandom(seed);
	}

	@Override
	public TopicSubscriber call() throws InterruptedException {
		while (!this.stopped.getAsBoolean()) {
			try {
				stay(this.ports[this.random.nextInt(this.ports.length)]);
			}
			catch (IOException ex) {
				// The server was killed, or is dead already.
			}
			int absence = (this.random.nextInt(6) == 0) ? LONG_ABSENCE : SHORT_ABSENCE;
			TimeUnit.MILLISECONDS.sleep(this.random.nextInt(absence));
		}
		return this;
	}

	private void stay(int port) throws IOException, InterruptedException {
		try (StreamPeer peer = StreamPeer.connect(port, "/ws/prices")) {
			if (this.epoch != null) {
				peer.open("s", "prices", this.epoch, this.next);
			}
			else {
				peer.open("s", "prices");
			}
			long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(this.random.nextInt(LONGEST_STAY));
			while (System.nanoTime() - end < 0 && !this.stopped.getAsBoolean()) {
				JsonNode frame = peer.read();
				switch (frame.get("type").asString()) {
					case "opened" -> opened(frame);
					case "batch" -> {
						batch(frame);
						TimeUnit.MILLISECONDS.sleep(WORK);
						peer.ack(frame);
					}
					default -> throw new AssertionError(frame);
				}
			}
		}
	}

	private void opened(JsonNode frame) {
		long offset = frame.get("offset").asLong();
		if (this.epoch == null) {
			this.epoch = frame.get("epoch").asString();
			this.first = offset;
		}
		else {
			assertThat(frame.get("epoch").asString()).isEqualTo(this.epoch);
			assertThat(frame.get("missing").asLong()).as(frame.toString()).isEqualTo(offset - this.next);
			assertThat(frame.get("recovered").asBoolean()).as(frame.toString()).isEqualTo(offset == this.next);
			this.missing += offset - this.next;
			((offset == this.next) ? this.continued : this.gaps).incrementAndGet();
		}
		this.next = offset;
	}

	private void batch(JsonNode frame) {
		assertThat(frame.get("offset").asLong()).isEqualTo(this.next);
		for (JsonNode item : frame.get("items")) {
			if (this.size == this.messages.length) {
				this.messages = Arrays.copyOf(this.messages, 2 * this.size);
				this.offsets = Arrays.copyOf(this.offsets, 2 * this.size);
			}
			this.messages[this.size] = item.asLong();
			this.offsets[this.size] = this.next;
			this.size++;
			this.next++;
		}
	}

	int size() {
		return this.size;
	}

	long offset(int index) {
		return this.offsets[index];
	}

	long message(int index) {
		return this.messages[index];
	}

	long first() {
		return this.first;
	}

	/**
	 * Return the offset after the last message.
	 */
	long next() {
		return this.next;
	}

	/**
	 * Return how many messages it was told it misses.
	 */
	long missing() {
		return this.missing;
	}

}
