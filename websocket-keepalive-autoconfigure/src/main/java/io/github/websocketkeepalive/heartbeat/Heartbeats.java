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
import io.github.websocketkeepalive.guard.GuardPolicy;
import io.github.websocketkeepalive.guard.MessageInflater;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.liveness.LivenessTracker;
import io.github.websocketkeepalive.logging.MdcScope;
import io.github.websocketkeepalive.transport.SocketMeter;
import io.github.websocketkeepalive.transport.WireMeter;

/**
 * Starts the heartbeat of a connection once its opening handshake has succeeded.
 */
public final class Heartbeats {

	private final ConcurrentMap<EventLoop, LoopHeartbeats> loops = new ConcurrentHashMap<>();

	private final TwoHeartbeatsDetector twoHeartbeats = new TwoHeartbeatsDetector();

	private final ConnectionRegistry registry;

	private final EventLoopMonitors monitors;

	private final Options options;

	/**
	 * Create the heartbeats of an application.
	 * @param registry where connections are registered
	 * @param monitors the sweeps of the event loops
	 * @param options what goes with every heartbeat
	 */
	public Heartbeats(ConnectionRegistry registry, EventLoopMonitors monitors, Options options) {
		this.registry = registry;
		this.monitors = monitors;
		this.options = options;
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
		TextPing textPing = this.options.textPing();
		if (textPing != null) {
			channel.pipeline().addBefore(before, TextPing.NAME, textPing.createHandler());
		}
		HeartbeatHandler handler = this.options.mdc().isOn() ? new MdcHeartbeatHandler(heartbeat)
				: new HeartbeatHandler(heartbeat);
		MessageInflater.install(channel.pipeline(), this.options.guard(), handler);
		channel.pipeline().addBefore(before, HeartbeatHandler.NAME, handler);
		SocketMeter.takeTurns(channel);
	}

	/**
	 * Return whether the rules of RFC 6455 are held that Netty leaves to applications.
	 * @return whether they are
	 */
	public boolean isStrict() {
		return this.options.guard().strict();
	}

	private LoopHeartbeats loop(EventLoop eventLoop) {
		LoopHeartbeats loop = this.loops.get(eventLoop);
		return (loop != null) ? loop : this.loops.computeIfAbsent(eventLoop, this::createLoop);
	}

	private LoopHeartbeats createLoop(EventLoop eventLoop) {
		EventLoopMonitor monitor = this.monitors.monitor(eventLoop);
		LoopHeartbeats loop = new LoopHeartbeats(monitor, this.registry, this.options, this.twoHeartbeats);
		monitor.add(loop);
		return loop;
	}

	/**
	 * What goes with every heartbeat of an application.
	 *
	 * @param lookAheadBytes how much a connection may receive while the application does
	 * not read, in bytes
	 * @param guard what a connection may do
	 * @param mdc what puts the ids of connections into MDC on their event loops
	 * @param textPing the text message that is answered in the application's place, if
	 * any
	 */
	public record Options(int lookAheadBytes, GuardPolicy guard, MdcScope mdc, @Nullable TextPing textPing) {

		/**
		 * Return the options of heartbeats without more.
		 * @param lookAheadBytes how much a connection may receive while the application
		 * does not read, in bytes
		 * @return the options
		 */
		public static Options of(int lookAheadBytes) {
			return new Options(lookAheadBytes, GuardPolicy.DEFAULT, MdcScope.OFF, null);
		}

	}

}
