package io.github.websocketkeepalive.heartbeat;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.browser.TextPing;
import io.github.websocketkeepalive.connection.ConnectionDetails;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.eventloop.EventLoopMonitor;
import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.liveness.LivenessTracker;
import io.github.websocketkeepalive.transport.ConnectionTap;

/**
 * Starts the heartbeat of a connection once its opening handshake has succeeded.
 */
public final class Heartbeats {

	private final ConcurrentMap<EventLoop, LoopHeartbeats> loops = new ConcurrentHashMap<>();

	private final ConnectionRegistry registry;

	private final EventLoopMonitors monitors;

	private final int lookAheadBytes;

	private final @Nullable TextPing textPing;

	/**
	 * Create the heartbeats of an application.
	 * @param registry where connections are registered
	 * @param monitors the sweeps of the event loops
	 * @param lookAheadBytes how much a connection may receive while the application does
	 * not read, in bytes
	 */
	public Heartbeats(ConnectionRegistry registry, EventLoopMonitors monitors, int lookAheadBytes) {
		this(registry, monitors, lookAheadBytes, null);
	}

	/**
	 * Create the heartbeats of an application whose peers send pings of their own.
	 * @param registry where connections are registered
	 * @param monitors the sweeps of the event loops
	 * @param lookAheadBytes how much a connection may receive while the application does
	 * not read, in bytes
	 * @param textPing the text message that is answered in the application's place, if
	 * any
	 */
	public Heartbeats(ConnectionRegistry registry, EventLoopMonitors monitors, int lookAheadBytes,
			@Nullable TextPing textPing) {
		this.lookAheadBytes = lookAheadBytes;
		this.textPing = textPing;
		this.registry = registry;
		this.monitors = monitors;
	}

	/**
	 * Start the heartbeat of a connection and register it.
	 * @param channel the channel, whose event loop must be the present thread
	 * @param details what the handshake told
	 * @param policy how often to ping
	 * @param before the name of the handler before which the heartbeat is put: behind the
	 * frame codec, before everything that reads frames
	 */
	public void start(Channel channel, ConnectionDetails details, LivenessPolicy policy, String before) {
		LoopHeartbeats loop = loop(channel.eventLoop());
		LivenessTracker tracker = new LivenessTracker(policy, loop.now(), loop.random().nextDouble());
		ConnectionTap tap = ConnectionTap.install(channel.pipeline());
		HeartbeatConnection connection = new HeartbeatConnection(channel, details, tracker, tap);
		LookAhead lookAhead = new LookAhead(this.lookAheadBytes);
		Heartbeat heartbeat = new Heartbeat(connection, loop, lookAhead);
		if (this.textPing != null) {
			channel.pipeline().addBefore(before, TextPing.NAME, this.textPing.createHandler());
		}
		channel.pipeline()
			.addBefore(before, HeartbeatHandler.NAME, new HeartbeatHandler(heartbeat, connection, lookAhead));
	}

	private LoopHeartbeats loop(EventLoop eventLoop) {
		LoopHeartbeats loop = this.loops.get(eventLoop);
		return (loop != null) ? loop : this.loops.computeIfAbsent(eventLoop, this::createLoop);
	}

	private LoopHeartbeats createLoop(EventLoop eventLoop) {
		EventLoopMonitor monitor = this.monitors.monitor(eventLoop);
		LoopHeartbeats loop = new LoopHeartbeats(monitor, this.registry);
		monitor.add(loop);
		return loop;
	}

}
