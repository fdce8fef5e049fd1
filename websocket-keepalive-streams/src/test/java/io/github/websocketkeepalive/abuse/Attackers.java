package io.github.websocketkeepalive.abuse;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import org.awaitility.core.ConditionTimeoutException;

import static org.awaitility.Awaitility.await;

/**
 * Many attackers of one kind, on one thread of their own.
 */
final class Attackers implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final AtomicInteger connected = new AtomicInteger();

	private final List<Attacker> attackers;

	Attackers(int count, Abuse abuse, Wire wire, int port) {
		Abuse.Script script = abuse.script(wire);
		this.attackers = IntStream.range(0, count)
			.mapToObj((i) -> new Attacker(abuse, script, wire, port, this.group, this.connected))
			.toList();
		this.attackers.forEach(Attacker::connect);
		try {
			await().atMost(PATIENCE).until(() -> this.connected.get() >= count);
		}
		catch (ConditionTimeoutException ex) {
			// A server that lets nobody in is attacked all the same.
		}
	}

	/**
	 * Return how often an attacker has begun.
	 */
	int connected() {
		return this.connected.get();
	}

	@Override
	public void close() {
		this.attackers.forEach(Attacker::stop);
		this.group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
	}

}
