package io.github.websocketkeepalive.eventloop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link LoopCheck}, on a loop that runs when the test says so.
 */
class LoopCheckTests {

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final LoopCheck probe = probe(this.channel.eventLoop());

	private final List<LoopCheck> answers = new ArrayList<>();

	@AfterEach
	void close() {
		this.channel.close();
	}

	@Test
	void hasNothingToAnswerUntilItIsAsked() {
		assertThat(this.probe.isAnswered()).isTrue();
		assertThat(this.probe.lagNanos()).isZero();
		assertThat(this.probe.stalledNanos()).isZero();
	}

	@Test
	void isAnsweredOnceTheLoopHasRun() {
		this.probe.ask(1000, this.answers::add);
		assertThat(this.probe.isAnswered()).isFalse();
		assertThat(this.answers).isEmpty();
		this.channel.runPendingTasks();
		assertThat(this.probe.isAnswered()).isTrue();
		assertThat(this.answers).containsExactly(this.probe);
	}

	@Test
	void isNotYetAnsweredWhileItsAnswerIsNoted() {
		List<Boolean> answered = new ArrayList<>();
		this.probe.ask(1000, (probe) -> answered.add(probe.isAnswered()));
		this.channel.runPendingTasks();
		assertThat(answered).containsExactly(false);
	}

	@Test
	void isAnsweredEvenIfWhoeverIsToldFails() {
		this.probe.ask(1000, (probe) -> {
			throw new IllegalStateException("broken listener");
		});
		this.channel.runPendingTasks();
		assertThat(this.probe.isAnswered()).isTrue();
	}

	@Test
	void aLoopThatTakesNoTasksOwesNoAnswer() {
		EventLoop full = mock(EventLoop.class);
		willThrow(new RejectedExecutionException()).given(full).execute(any());
		LoopCheck probe = probe(full);
		probe.ask(1000, this.answers::add);
		assertThat(probe.isAnswered()).isTrue();
		assertThat(this.answers).isEmpty();
	}

	@Test
	void theLagIsTheTimeFromQuestionToAnswer() {
		this.probe.ask(1000, this.answers::add);
		assertThat(this.probe.answer(1700)).isEqualTo(700);
		assertThat(this.probe.lagNanos()).isEqualTo(700);
	}

	@Test
	void theLagOfALoopThatOwesAnAnswerIsWhatItOwes() {
		this.probe.ask(1000, this.answers::add);
		this.probe.answer(1700);
		this.probe.stalledFor(900);
		assertThat(this.probe.lagNanos()).isEqualTo(900);
	}

	@Test
	void aPauseOfTheProcessIsForgiven() {
		this.probe.ask(1000, this.answers::add);
		this.probe.forgive(500);
		assertThat(this.probe.askedNanos()).isEqualTo(1500);
		assertThat(this.probe.answer(1700)).isEqualTo(200);
		this.probe.forgive(5000);
		assertThat(this.probe.answer(1700)).isZero();
	}

	@Test
	void aStallIsNewsOnceAndItsLogLineToo() {
		assertThat(this.probe.stalledFor(500)).isTrue();
		assertThat(this.probe.stalledFor(600)).isFalse();
		assertThat(this.probe.stalledNanos()).isEqualTo(600);
		assertThat(this.probe.isLogged()).isFalse();
		assertThat(this.probe.logOnce()).isTrue();
		assertThat(this.probe.logOnce()).isFalse();
		assertThat(this.probe.isLogged()).isTrue();
	}

	@Test
	void theNextStallIsNewsAgain() {
		this.probe.stalledFor(500);
		this.probe.logOnce();
		this.probe.recovered();
		assertThat(this.probe.stalledNanos()).isZero();
		assertThat(this.probe.isLogged()).isFalse();
		assertThat(this.probe.stalledFor(500)).isTrue();
		assertThat(this.probe.logOnce()).isTrue();
	}

	@Test
	void isNamedAfterTheThreadThatAnswered() {
		assertThat(this.probe.name()).isEqualTo("not started");
		assertThat(this.probe.thread()).isNull();
		this.probe.ask(1000, this.answers::add);
		this.channel.runPendingTasks();
		assertThat(this.probe.thread()).isSameAs(Thread.currentThread());
		assertThat(this.probe.name()).isEqualTo(Thread.currentThread().getName());
	}

	private static LoopCheck probe(EventLoop eventLoop) {
		return new LoopCheck(new EventLoopMonitor(eventLoop, 1000, () -> 0));
	}

}
