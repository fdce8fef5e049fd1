package io.github.websocketkeepalive.server;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HandshakeTurns}.
 */
class HandshakeTurnsTests {

	private final Queue<Runnable> queue = new ArrayDeque<>();

	private final HandshakeTurns turns = new HandshakeTurns(this.queue::add);

	private final AtomicInteger run = new AtomicInteger();

	@Test
	void aHandshakeIsRunWhenItsTurnComes() {
		assertThat(offer()).isTrue();
		assertThat(this.run).hasValue(0);
		this.queue.remove().run();
		assertThat(this.run).hasValue(1);
	}

	@Test
	void aBoundedNumberWaits() {
		for (int i = 0; i < HandshakeTurns.MAX_WAITING; i++) {
			assertThat(offer()).isTrue();
		}
		assertThat(offer()).isFalse();
		assertThat(this.queue).hasSize(HandshakeTurns.MAX_WAITING);
		this.queue.remove().run();
		assertThat(offer()).isTrue();
		assertThat(offer()).isFalse();
	}

	private boolean offer() {
		return this.turns.offer(this.run::incrementAndGet);
	}

}
