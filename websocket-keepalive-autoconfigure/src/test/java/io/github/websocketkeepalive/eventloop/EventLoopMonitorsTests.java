package io.github.websocketkeepalive.eventloop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link EventLoopMonitors}.
 */
class EventLoopMonitorsTests {

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final EmbeddedChannel other = new EmbeddedChannel();

	private final EventLoopMonitors monitors = new EventLoopMonitors(Duration.ofMillis(500));

	@BeforeEach
	void freezeTime() {
		this.channel.freezeTime();
	}

	@AfterEach
	void close() {
		this.monitors.close();
		this.channel.close();
		this.other.close();
	}

	@Test
	void thereIsOneMonitorForEachEventLoop() {
		EventLoopMonitor monitor = this.monitors.monitor(this.channel.eventLoop());
		assertThat(this.monitors.monitor(this.channel.eventLoop())).isSameAs(monitor);
		assertThat(this.monitors.monitor(this.other.eventLoop())).isNotSameAs(monitor);
		assertThat(monitor.eventLoop()).isSameAs(this.channel.eventLoop());
	}

	@Test
	void aMonitorSweepsAtEveryPeriodOfItsLoopsClock() {
		List<Long> sweeps = new ArrayList<>();
		this.monitors.monitor(this.channel.eventLoop()).add(sweeps::add);
		advanceMillis(499);
		assertThat(sweeps).isEmpty();
		advanceMillis(1);
		advanceMillis(500);
		assertThat(sweeps).containsExactly(TimeUnit.MILLISECONDS.toNanos(500), TimeUnit.SECONDS.toNanos(1));
	}

	@Test
	void aStalledLoopIsSweptOnceAndItsClockHardlyAdvances() {
		List<Long> sweeps = new ArrayList<>();
		this.monitors.monitor(this.channel.eventLoop()).add(sweeps::add);
		advanceMillis(3_600_000);
		assertThat(sweeps).containsExactly(TimeUnit.MILLISECONDS.toNanos(750));
	}

	@Test
	void closeEndsTheSweeps() {
		List<Long> sweeps = new ArrayList<>();
		this.monitors.monitor(this.channel.eventLoop()).add(sweeps::add);
		this.monitors.close();
		advanceMillis(500);
		assertThat(sweeps).isEmpty();
	}

	@Test
	void aLoopWhoseThreadIsEndedByAnErrorHasEnded() throws Exception {
		EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, DyingIoHandler.factory(NioIoHandler.newFactory()));
		try {
			EventLoop loop = group.next();
			EventLoopMonitor monitor = this.monitors.monitor(loop);
			this.monitors.monitor(group.next());
			await().until(() -> monitor.thread() != null);
			assertThat(this.monitors.endedLoops()).isEmpty();
			DyingIoHandler.die(loop);
			assertThat(loop.terminationFuture().await(30, TimeUnit.SECONDS)).isTrue();
			assertThat(this.monitors.endedLoops()).containsExactly(monitor.name());
		}
		finally {
			group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
		}
		assertThat(this.monitors.endedLoops()).isEmpty();
	}

	private void advanceMillis(long millis) {
		this.channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
		this.channel.runScheduledPendingTasks();
	}

}
