package io.github.websocketkeepalive.stream.server;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import io.netty.util.concurrent.ThreadAwareExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.task.TaskFailures;
import io.github.websocketkeepalive.test.DelegatingIoHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SendTurns}.
 */
class SendTurnsTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final AtomicInteger socketsRead = new AtomicInteger();

	/**
	 * Runs tasks without end before it reads its sockets, as long as there are any.
	 */
	private final AtomicBoolean full = new AtomicBoolean();

	private final SingleThreadIoEventLoop eventLoop = new SingleThreadIoEventLoop(null, Executors.newCachedThreadPool(),
			this::countingHandler, Integer.MAX_VALUE, RejectedExecutionHandlers.reject(),
			Duration.ofHours(1).toMillis()) {

		@Override
		public void execute(Runnable task) {
			if (SendTurnsTests.this.full.get()) {
				throw new RejectedExecutionException("deliberate");
			}
			super.execute(task);
		}

	};

	private final SendTurns turns = new SendTurns(this.eventLoop);

	private final AtomicBoolean stopped = new AtomicBoolean();

	@AfterEach
	void stop() {
		this.stopped.set(true);
		this.eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
	}

	@Test
	void socketsAreReadWhileATurnAsksForAnother() {
		this.turns.execute(this::again);
		await().atMost(PATIENCE).until(() -> this.socketsRead.get() > 100);
	}

	@Test
	void socketsAreReadBetweenLongTurns() {
		AtomicInteger before = new AtomicInteger();
		AtomicInteger after = new AtomicInteger();
		AtomicBoolean done = new AtomicBoolean();
		this.eventLoop.execute(() -> {
			this.turns.execute(() -> before.set(this.socketsRead.get()));
			for (int i = 0; i < 20; i++) {
				this.turns.execute(SendTurnsTests::takeLong);
			}
			this.turns.execute(() -> after.set(this.socketsRead.get()));
			this.turns.execute(() -> done.set(true));
		});
		await().atMost(PATIENCE).untilTrue(done);
		assertThat(after.get() - before.get()).isGreaterThanOrEqualTo(19);
	}

	@Test
	void shortTurnsAreTakenTogether() {
		AtomicInteger taken = new AtomicInteger();
		AtomicInteger before = new AtomicInteger();
		AtomicInteger reads = new AtomicInteger(-1);
		this.eventLoop.execute(() -> {
			this.turns.execute(() -> before.set(this.socketsRead.get()));
			for (int i = 0; i < 1000; i++) {
				this.turns.execute(taken::incrementAndGet);
			}
			this.turns.execute(() -> reads.set(this.socketsRead.get() - before.get()));
		});
		await().atMost(PATIENCE).until(() -> reads.get() >= 0);
		assertThat(taken).hasValue(1000);
		assertThat(reads.get()).isLessThan(500);
	}

	@Test
	void aTurnThatFailsKeepsNoOtherFromItsTurn() {
		long failures = TaskFailures.count();
		AtomicBoolean taken = new AtomicBoolean();
		this.turns.execute(() -> {
			throw new AssertionError("deliberate");
		});
		this.turns.execute(() -> taken.set(true));
		await().atMost(PATIENCE).untilTrue(taken);
		assertThat(TaskFailures.count()).isGreaterThan(failures);
	}

	@Test
	void turnsAreTakenAfterAnEventLoopHadNoRoomForOne() {
		AtomicBoolean taken = new AtomicBoolean();
		this.full.set(true);
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> this.turns.execute(() -> {
		}));
		this.full.set(false);
		this.turns.execute(() -> taken.set(true));
		await().atMost(PATIENCE).untilTrue(taken);
	}

	private void again() {
		if (!this.stopped.get()) {
			this.turns.execute(this::again);
		}
	}

	private static void takeLong() {
		long start = System.nanoTime();
		while (System.nanoTime() - start < SendTurns.QUANTUM_NANOS) {
			Thread.onSpinWait();
		}
	}

	private IoHandler countingHandler(ThreadAwareExecutor executor) {
		return new CountingHandler(NioIoHandler.newFactory().newHandler(executor));
	}

	/**
	 * Counts how often sockets are read.
	 */
	private final class CountingHandler extends DelegatingIoHandler {

		private CountingHandler(IoHandler delegate) {
			super(delegate);
		}

		@Override
		public int run(IoHandlerContext context) {
			SendTurnsTests.this.socketsRead.incrementAndGet();
			return super.run(context);
		}

	}

}
