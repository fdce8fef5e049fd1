package io.github.websocketkeepalive.stream.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.springframework.dao.QueryTimeoutException;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RedisConnector}.
 */
class RedisConnectorTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	private final Timer timer = new Timer();

	private final Sinks.One<String> answer = Sinks.one();

	private final List<Object> results = new ArrayList<>();

	@Test
	void noAnswerInTimeIsAFailure() {
		await();
		for (int millis = 0; millis < 1999; millis++) {
			this.timer.pass(Duration.ofMillis(1));
		}
		assertThat(this.results).isEmpty();
		this.timer.pass(Duration.ofMillis(1));
		assertThat(this.results).singleElement()
			.isInstanceOfSatisfying(QueryTimeoutException.class,
					(failure) -> assertThat(failure).hasMessage("No answer within 2000 ms"));
	}

	@Test
	void anAnswerThatIsReadAfterAPauseOfOursIsInTime() {
		await();
		this.timer.pass(Duration.ofMinutes(1));
		this.answer.tryEmitValue("answer");
		assertThat(this.results).containsExactly("answer");
	}

	private void await() {
		RedisConnector.inTime(this.answer.asMono(), TIMEOUT, this.timer)
			.subscribe(this.results::add, this.results::add);
	}

	/**
	 * Runs what is due when time has passed, as a thread does that stood still meanwhile.
	 */
	private static final class Timer implements Scheduler {

		private final List<Task> tasks = new ArrayList<>();

		private long now;

		void pass(Duration time) {
			this.now += time.toNanos();
			List<Task> due = this.tasks.stream().filter((task) -> task.nanos() <= this.now).toList();
			this.tasks.removeAll(due);
			due.forEach((task) -> task.work().run());
		}

		@Override
		public Disposable schedule(Runnable work, long delay, TimeUnit unit) {
			this.tasks.add(new Task(work, this.now + unit.toNanos(delay)));
			return Disposables.single();
		}

		@Override
		public Disposable schedule(Runnable work) {
			return schedule(work, 0, TimeUnit.NANOSECONDS);
		}

		@Override
		public Worker createWorker() {
			throw new UnsupportedOperationException();
		}

		private record Task(Runnable work, long nanos) {
		}

	}

}
