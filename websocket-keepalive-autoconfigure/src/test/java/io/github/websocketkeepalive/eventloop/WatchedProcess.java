package io.github.websocketkeepalive.eventloop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;

import io.github.websocketkeepalive.test.Listening;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process that watches a loop of its own, and tells once it stood still and the loop
 * has answered since.
 */
public final class WatchedProcess implements EventLoopListener {

	private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

	private long last = System.nanoTime();

	private boolean paused;

	private WatchedProcess() {
	}

	@Override
	public synchronized void onLag(String eventLoop, long nanos) {
		long now = System.nanoTime();
		if (this.paused) {
			System.out.println("answered");
		}
		this.paused |= now - this.last > PAUSE;
		this.last = now;
	}

	public static void main(String[] args) throws InterruptedException {
		StallPolicy policy = new StallPolicy(Duration.ofMillis(300), Duration.ofMillis(500), Duration.ofMillis(700));
		EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
		EventLoopMonitors monitors = new EventLoopMonitors(Duration.ofMillis(100));
		EventLoopMonitor monitor = monitors.monitor(group.next());
		new EventLoopWatchdog(monitors, policy, Listening.by(EventLoopListener.class, new WatchedProcess()));
		while (monitor.thread() == null) {
			Thread.onSpinWait();
		}
		System.out.println("watching");
		new CountDownLatch(1).await();
	}

	/**
	 * Read what a process prints up to a line.
	 * @param process the process
	 * @param line a regular expression for the whole line
	 * @return all lines up to it
	 */
	static String readUntil(Process process, String line) throws IOException {
		StringBuilder output = new StringBuilder();
		StringBuilder current = new StringBuilder();
		while (!current.toString().matches(line)) {
			current.setLength(0);
			int next = process.getInputStream().read();
			while (next >= 0 && next != '\n') {
				current.append((char) next);
				next = process.getInputStream().read();
			}
			assertThat(next).as(output.toString()).isNotNegative();
			output.append(current).append('\n');
		}
		return new String(output.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
	}

}
