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
import io.github.websocketkeepalive.heartbeat.foreign.TwoHeartbeatsDetector;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.liveness.LivenessTracker;
import io.github.websocketkeepalive.logging.MdcScope;
import io.github.websocketkeepalive.transport.WireMeter;

/**
 * Starts the heartbeat of a connection once its opening handshake has succeeded.
 */
public final class Heartbeats {

	private final ConcurrentMap<EventLoop, LoopHeartbeats> loops = new ConcurrentHashMap<>();

	private final TwoHeartbeatsDetector twoHeartbeats = new TwoHeartbeatsDetector();

	private final ConnectionRegistry registry;

	private final EventLoopMonitors monitors;

	private final int lookAheadBytes;

	private final MdcScope mdc;

	private final @Nullable TextPing textPing;

	/**
	 * Create the heartbeats of an application.
	 * @param registry where connections are registered
	 * @param monitors the sweeps of the event loops
	 * @param lookAheadBytes how much a connection may receive while the application does
	 * not read, in bytes
	 * @param mdc what puts the ids of connections into MDC on their event loops
	 * @param textPing the text message that is answered in the application's place, if
	 * any
	 */
	public Heartbeats(ConnectionRegistry registry, EventLoopMonitors monitors, int lookAheadBytes, MdcScope mdc,
			@Nullable TextPing textPing) {
		this.lookAheadBytes = lookAheadBytes;
		this.textPing = textPing;
		this.registry = registry;
		this.monitors = monitors;
		this.mdc = mdc;
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
		Heartbeat heartbeat = new Heartbeat(details, tracker, WireMeter.of(channel), loop);
		HeartbeatHandler handler = this.mdc.isOn() ? new HeartbeatHandler.WithMdc(heartbeat)
				: new HeartbeatHandler(heartbeat);
		if (this.textPing != null) {
			channel.pipeline().addBefore(before, TextPing.NAME, this.textPing.createHandler());
		}
		channel.pipeline().addBefore(before, HeartbeatHandler.NAME, handler);
	}

	private LoopHeartbeats loop(EventLoop eventLoop) {
		LoopHeartbeats loop = this.loops.get(eventLoop);
		return (loop != null) ? loop : this.loops.computeIfAbsent(eventLoop, this::createLoop);
	}

	private LoopHeartbeats createLoop(EventLoop eventLoop) {
		EventLoopMonitor monitor = this.monitors.monitor(eventLoop);
		LoopHeartbeats loop = new LoopHeartbeats(monitor, this.registry, this.lookAheadBytes, this.twoHeartbeats,
				this.mdc);
		monitor.add(loop);
		return loop;
	}

}
