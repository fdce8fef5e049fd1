package io.github.websocketkeepalive.eventloop;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;

import io.netty.channel.EventLoop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.ArgumentCaptor;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link EventLoopMonitor}.
 */
@ExtendWith(OutputCaptureExtension.class)
class EventLoopMonitorTests {

	private static final long PERIOD = 1000;

	private static final long STALL = 500_000_000;

	private long nanos = 123_456_789;

	private final EventLoop eventLoop = mock(EventLoop.class);

	private final EventLoopMonitor monitor = new EventLoopMonitor(this.eventLoop, PERIOD, () -> this.nanos);

	@Test
	void belongsToAnEventLoop() {
		assertThat(this.monitor.eventLoop()).isSameAs(this.eventLoop);
	}

	@Test
	void theClockStartsAtZeroAndRunsWithRealTime() {
		assertThat(this.monitor.now()).isZero();
		this.nanos += 1;
		assertThat(this.monitor.now()).isEqualTo(1);
		this.nanos += PERIOD;
		this.monitor.tick();
		assertThat(this.monitor.now()).isEqualTo(PERIOD + 1);
	}

	@Test
	void aStallCountsForOneAndAHalfPeriodsAtMost() {
		this.nanos += 3_600_000_000_000L;
		assertThat(this.monitor.now()).isEqualTo(PERIOD + PERIOD / 2);
		this.monitor.tick();
		assertThat(this.monitor.now()).isEqualTo(PERIOD + PERIOD / 2);
		this.nanos += PERIOD;
		this.monitor.tick();
		assertThat(this.monitor.now()).isEqualTo(2 * PERIOD + PERIOD / 2);
	}

	@Test
	void aSweepThatIsALittleLateLosesNoTime() {
		this.nanos += PERIOD + PERIOD / 2;
		this.monitor.tick();
		assertThat(this.monitor.now()).isEqualTo(PERIOD + PERIOD / 2);
	}

	@Test
	void theClockNeverGoesBackAndNeverOvertakesRealTime() {
		SplittableRandom random = new SplittableRandom(42);
		long start = this.nanos;
		long last = 0;
		for (int i = 0; i < 10_000; i++) {
			this.nanos += random.nextLong(3 * PERIOD);
			if (random.nextBoolean()) {
				this.monitor.tick();
			}
			long now = this.monitor.now();
			assertThat(now).isBetween(last, this.nanos - start);
			last = now;
		}
	}

	@Test
	void sweepsAreCalledInOrderWithTheInstantOfTheClock() {
		List<String> calls = new ArrayList<>();
		this.monitor.add((now) -> calls.add("first " + now));
		this.monitor.add((now) -> calls.add("second " + now));
		this.nanos += PERIOD;
		this.monitor.tick();
		assertThat(calls).containsExactly("first 1000", "second 1000");
	}

	@Test
	void aSweepMayAddAnother() {
		List<Long> added = new ArrayList<>();
		this.monitor.add((now) -> {
			if (added.isEmpty()) {
				this.monitor.add(added::add);
			}
		});
		this.monitor.tick();
		assertThat(added).containsExactly(0L);
	}

	@Test
	void aSweepThatFailsKeepsNoOtherFromRunning(CapturedOutput output) {
		List<Long> swept = new ArrayList<>();
		this.monitor.add((now) -> {
			throw new NoClassDefFoundError("broken sweep");
		});
		this.monitor.add(swept::add);
		this.monitor.tick();
		this.monitor.tick();
		assertThat(swept).hasSize(2);
		assertThat(output).contains("broken sweep");
	}

	@Test
	void aSweepThatComesLateByAPeriodAndByHalfASecondTellsOfAStall() {
		assertThat(this.monitor.hasStalledSince(0)).isFalse();
		this.nanos += PERIOD + STALL - 1;
		this.monitor.tick();
		assertThat(this.monitor.hasStalledSince(0)).isFalse();
		this.nanos += PERIOD + STALL;
		this.monitor.tick();
		assertThat(this.monitor.hasStalledSince(0)).isTrue();
	}

	@Test
	void aLoopThatIsSweptRarelyIsLateByItsPeriodAtLeast() {
		long period = 4 * STALL;
		EventLoopMonitor rare = new EventLoopMonitor(this.eventLoop, period, () -> this.nanos);
		this.nanos += 2 * period - 1;
		rare.tick();
		assertThat(rare.hasStalledSince(0)).isFalse();
		this.nanos += 2 * period;
		rare.tick();
		assertThat(rare.hasStalledSince(0)).isTrue();
	}

	@Test
	void aStallIsForgottenByThoseWhoAskOfLater() {
		this.nanos += 10 * STALL;
		this.monitor.tick();
		long afterTheStall = this.monitor.now();
		assertThat(this.monitor.hasStalledSince(afterTheStall)).isTrue();
		assertThat(this.monitor.hasStalledSince(afterTheStall + 1)).isFalse();
	}

	@Test
	void aProbeIsAnsweredOnTheLoopAndTellsItsThread() {
		List<Thread> answers = new ArrayList<>();
		assertThat(this.monitor.thread()).isNull();
		assertThat(this.monitor.probe(() -> answers.add(this.monitor.thread()))).isTrue();
		assertThat(answers).isEmpty();
		ArgumentCaptor<Runnable> task = ArgumentCaptor.forClass(Runnable.class);
		then(this.eventLoop).should().execute(task.capture());
		task.getValue().run();
		assertThat(answers).containsExactly(Thread.currentThread());
		assertThat(this.monitor.thread()).isSameAs(Thread.currentThread());
	}

	@Test
	void aLoopThatTakesNoTasksCannotBeProbed() {
		willThrow(new RejectedExecutionException()).given(this.eventLoop).execute(any());
		assertThat(this.monitor.probe(() -> {
		})).isFalse();
	}

	@Test
	void whatWasNeverStartedCanBeStopped() {
		this.monitor.stop();
		assertThat(this.monitor.now()).isZero();
	}

}
