package io.github.websocketkeepalive.autoconfigure.client;

import java.time.Duration;
import java.util.List;

import io.github.websocketkeepalive.client.ClientConnections;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.guard.GuardPolicy;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.listener.CallbackFailures;
import io.github.websocketkeepalive.listener.Listeners;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.liveness.PingMode;
import io.github.websocketkeepalive.logging.MdcScope;
import io.github.websocketkeepalive.transport.TcpOptions;
import io.github.websocketkeepalive.transport.TcpTuning;

/**
 * What watches the connections of clients.
 *
 * @param heartbeats starts a heartbeat
 * @param tuning gives connections their TCP options
 * @param policy how often to ping
 */
record ClientHeartbeats(Heartbeats heartbeats, TcpTuning tuning, LivenessPolicy policy) {

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

	private static final int LOOK_AHEAD = 64 * 1024;

	private static final TcpOptions NO_OPTIONS = new TcpOptions(false, Duration.ZERO, Duration.ZERO, 0, null);

	/**
	 * Return heartbeats that ping nobody, limit nothing and are in no registry: they only
	 * tell clients how their connections ended.
	 * @param connections is told of ends
	 * @param failures counts what it fails with
	 * @param monitors sweep the event loops
	 * @return the heartbeats
	 */
	static ClientHeartbeats silent(ClientConnections connections, CallbackFailures failures,
			EventLoopMonitors monitors) {
		ConnectionRegistry registry = new ConnectionRegistry(
				new Listeners<>(ConnectionListener.class, List.of(connections), failures));
		Heartbeats heartbeats = new Heartbeats(registry, monitors,
				new Heartbeats.Options(LOOK_AHEAD, GuardPolicy.NONE, MdcScope.OFF, null));
		LivenessPolicy policy = LivenessPolicy.of(PingMode.NEVER, Duration.ofDays(1), Duration.ofDays(1), CLOSE_TIMEOUT,
				CLOSE_TIMEOUT);
		return new ClientHeartbeats(heartbeats, new TcpTuning(NO_OPTIONS), policy);
	}

}
