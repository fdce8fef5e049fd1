package io.github.websocketkeepalive.eventloop;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.util.ReflectionTestUtils;

import io.github.websocketkeepalive.test.Listening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link EventLoopWatchdog}, on loops that are really blocked.
 */
@ExtendWith(OutputCaptureExtension.class)
class EventLoopWatchdogTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Duration NEVER = Duration.ofHours(1);

	private static final StallPolicy POLICY = new StallPolicy(Duration.ofMillis(300), Duration.ofMillis(500),
			Duration.ofMillis(700));

	private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

	private final EventLoop loop = this.group.next();

	private final EventLoop other = this.group.next();

	private final String name = nameOf(this.loop);

	private final EventLoopMonitors monitors = new EventLoopMonitors(Duration.ofMillis(100));

	private final RecordingListener listener = new RecordingListener();

	private final CountDownLatch blocked = new CountDownLatch(1);

	private final CountDownLatch release = new CountDownLatch(1);

	private EventLoopWatchdog watchdog;

	@AfterEach
	void close() {
		this.release.countDown();
		if (this.watchdog != null) {
			this.watchdog.close();
		}
		this.monitors.close();
		this.group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
	}

	@Test
	void catchesABlockedLoopInTheAct(CapturedOutput output) throws InterruptedException {
		watch(POLICY, this.listener);
		block();
		await().atMost(PATIENCE).until(() -> count(output, "Event loop " + this.name + " has been blocked for ") > 0);
		assertThat(output)
			.containsPattern("WARN .*Event loop " + Pattern.quote(this.name)
					+ " has been blocked for \\d+ ms; its thread is WAITING at\\R\\tat ")
			.containsSubsequence("\tat ", "CountDownLatch.await", "EventLoopWatchdogTests.handlerThatBlocks(");
		await().atMost(PATIENCE).until(this.watchdog::isDown);
		assertThat(this.watchdog.stalledLoops()).isOne();
		assertThat(this.watchdog.longestStall()).isGreaterThanOrEqualTo(POLICY.downAfter());
		assertThat(this.watchdog.worstLag()).isGreaterThanOrEqualTo(POLICY.downAfter());
		this.release.countDown();
		await().atMost(PATIENCE).until(() -> count(output, "Event loop " + this.name + " runs again after ") > 0);
		await().atMost(PATIENCE).until(() -> this.watchdog.stalledLoops() == 0);
		assertThat(this.watchdog.isDown()).isFalse();
		assertThat(this.watchdog.longestStall()).isZero();
		assertThat(count(output, "Event loop " + this.name + " has been blocked for ")).isOne();
		assertThat(this.listener.stalls).containsExactly(this.name);
	}

	@Test
	void everyStallIsCaught() throws InterruptedException {
		watch(POLICY, this.listener);
		block();
		await().atMost(PATIENCE).until(() -> this.listener.stalls.size() == 1);
		this.release.countDown();
		await().atMost(PATIENCE).until(() -> this.watchdog.stalledLoops() == 0);
		CountDownLatch again = new CountDownLatch(1);
		this.loop.execute(() -> handlerThatBlocks(again));
		await().atMost(PATIENCE).until(() -> this.listener.stalls.size() == 2);
		again.countDown();
		assertThat(this.listener.stalls).containsExactly(this.name, this.name);
	}

	@Test
	void aShortStallIsLoggedOnceWithoutAStack(CapturedOutput output) throws InterruptedException {
		watch(new StallPolicy(Duration.ofMillis(300), NEVER, NEVER), this.listener);
		block();
		await().atMost(PATIENCE).until(() -> this.watchdog.stalledLoops() == 1);
		this.release.countDown();
		await().atMost(PATIENCE)
			.until(() -> count(output, "Event loop " + this.name + " was blocked for more than ") > 0);
		await().atMost(PATIENCE).until(() -> this.watchdog.stalledLoops() == 0);
		assertThat(count(output, "Event loop " + this.name)).isOne();
		assertThat(output).doesNotContain("handlerThatBlocks");
		assertThat(this.watchdog.isDown()).isFalse();
	}

	@Test
	void aLoopThatRunsIsNotStalledAndItsLagIsTold() {
		watch(POLICY, this.listener);
		await().atMost(PATIENCE).until(() -> this.listener.lags.keySet().equals(Set.of(this.name, nameOf(this.other))));
		assertThat(this.listener.lags.values()).allMatch((nanos) -> nanos >= 0);
		assertThat(this.watchdog.worstLag()).isGreaterThanOrEqualTo(Duration.ZERO).isLessThan(PATIENCE);
		assertThat(this.watchdog.longestStall()).isZero();
	}

	@Test
	void aStalledLoopIsSeenInTheWorstLagOnceItRanAgain() throws InterruptedException {
		watch(new StallPolicy(PATIENCE, PATIENCE, PATIENCE), this.listener);
		block();
		await().pollDelay(Duration.ofMillis(300)).until(() -> true);
		this.release.countDown();
		await().atMost(PATIENCE).until(() -> this.listener.lags.getOrDefault(this.name, 0L) > 200_000_000);
	}

	@Test
	void loopsThatShutDownAreForgotten() {
		watch(POLICY, this.listener);
		await().atMost(PATIENCE).until(() -> this.listener.lags.size() == 2);
		this.group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
		await().atMost(PATIENCE).until(() -> this.monitors.all().isEmpty());
	}

	@Test
	void aLoopThatShutsDownWhileItIsBlockedIsForgotten() throws InterruptedException {
		watch(POLICY, this.listener);
		block();
		await().atMost(PATIENCE).until(() -> this.watchdog.stalledLoops() == 1);
		this.group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
		await().atMost(PATIENCE).until(() -> this.watchdog.stalledLoops() == 0);
		assertThat(this.monitors.all()).isEmpty();
	}

	@Test
	void aListenerThatFailsKeepsNothingFromBeingWatched() throws InterruptedException {
		watch(POLICY, new FailingListener(), this.listener);
		block();
		await().atMost(PATIENCE).until(this.watchdog::isDown);
		assertThat(this.listener.stalls).containsExactly(this.name);
		this.release.countDown();
		await().atMost(PATIENCE).until(() -> this.watchdog.stalledLoops() == 0);
	}

	@Test
	void watchesOnADaemonThreadThatEndsWithIt() throws InterruptedException {
		watch(POLICY, this.listener);
		Thread thread = (Thread) ReflectionTestUtils.getField(this.watchdog, "thread");
		assertThat(thread.isDaemon()).isTrue();
		assertThat(thread.isAlive()).isTrue();
		this.watchdog.close();
		thread.join(PATIENCE.toMillis());
		assertThat(thread.isAlive()).isFalse();
	}

	@Test
	void aPauseOfTheWholeProcessIsNoStallOfALoop() throws Exception {
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), WatchedProcess.class.getName())
			.redirectErrorStream(true)
			.start();
		try {
			assertThat(WatchedProcess.readUntil(process, "watching")).doesNotContain("stood still");
			signal(process, "-STOP");
			await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
			signal(process, "-CONT");
			// A busy machine may pause the process by itself, so that it has answered
			// before.
			assertThat(WatchedProcess.readUntil(process, ".*WARN .*The whole process stood still for \\d{4,} ms.*"))
				.doesNotContain("Event loop");
			assertThat(WatchedProcess.readUntil(process, "answered")).doesNotContain("Event loop");
		}
		finally {
			process.destroyForcibly();
		}
	}

	private void watch(StallPolicy policy, EventLoopListener... listeners) {
		this.monitors.monitor(this.loop);
		this.monitors.monitor(this.other);
		this.watchdog = new EventLoopWatchdog(this.monitors, policy, Listening.by(EventLoopListener.class, listeners));
		EventLoopMonitor monitor = this.monitors.monitor(this.loop);
		await().atMost(PATIENCE).until(() -> monitor.thread() != null);
	}

	private void block() throws InterruptedException {
		this.loop.execute(() -> {
			this.blocked.countDown();
			handlerThatBlocks(this.release);
		});
		this.blocked.await();
	}

	private static void handlerThatBlocks(CountDownLatch release) {
		try {
			release.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static String nameOf(EventLoop loop) {
		return loop.submit(() -> Thread.currentThread().getName()).syncUninterruptibly().getNow();
	}

	private static int count(CapturedOutput output, String text) {
		return output.toString().split(Pattern.quote(text), -1).length - 1;
	}

	private static void signal(Process process, String signal) throws IOException, InterruptedException {
		new ProcessBuilder("kill", signal, String.valueOf(process.pid())).inheritIO().start().waitFor();
	}

	private static final class RecordingListener implements EventLoopListener {

		private final ConcurrentHashMap<String, Long> lags = new ConcurrentHashMap<>();

		private final List<String> stalls = new CopyOnWriteArrayList<>();

		@Override
		public void onLag(String eventLoop, long nanos) {
			this.lags.merge(eventLoop, nanos, Math::max);
		}

		@Override
		public void onStall(String eventLoop) {
			this.stalls.add(eventLoop);
		}

	}

	private static final class FailingListener implements EventLoopListener {

		@Override
		public void onLag(String eventLoop, long nanos) {
			throw new IllegalStateException("broken onLag");
		}

		@Override
		public void onStall(String eventLoop) {
			throw new IllegalStateException("broken onStall");
		}

	}

}
