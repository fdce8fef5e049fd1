package io.github.websocketkeepalive.server;

import io.netty.channel.Channel;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import reactor.netty.http.server.HttpServerConfig;

import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.transport.SocketMeter;
import io.github.websocketkeepalive.transport.TcpTuning;

/**
 * Hooks into Reactor Netty's server. Last of all customizers, and only by what Reactor
 * Netty adds to rather than replaces, so that nothing an application has set is lost.
 */
public final class KeepaliveServerCustomizer
		implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, Ordered {

	private final Heartbeats heartbeats;

	private final PathPolicies policies;

	private final EventLoopMonitors monitors;

	private final TcpTuning tuning;

	private final HandshakeAdmission admission;

	/**
	 * Create a customizer.
	 * @param heartbeats what starts a heartbeat
	 * @param policies which policy it is given
	 * @param monitors what watches the event loops
	 * @param tuning what gives connections their TCP options
	 * @param admission what decides on handshakes
	 */
	public KeepaliveServerCustomizer(Heartbeats heartbeats, PathPolicies policies, EventLoopMonitors monitors,
			TcpTuning tuning, HandshakeAdmission admission) {
		this.heartbeats = heartbeats;
		this.policies = policies;
		this.admission = admission;
		this.monitors = monitors;
		this.tuning = tuning;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void customize(NettyReactiveWebServerFactory factory) {
		factory.addServerCustomizers((server) -> server.doOnBind(this::watchEventLoops)
			.doOnChannelInit((observer, channel, remoteAddress) -> initialize(channel))
			.childObserve(upgrades(server.configuration())));
	}

	private UpgradeObserver upgrades(HttpServerConfig server) {
		return new UpgradeObserver(this.heartbeats, this.policies, this.admission.of(server.isForwarded()));
	}

	private void initialize(Channel channel) {
		SocketMeter.install(channel);
		if (!this.admission.timeout().isZero()) {
			channel.pipeline()
				.addFirst(HandshakeDeadline.NAME,
						new HandshakeDeadline(this.admission.timeout(), this.admission.gate()));
		}
		this.tuning.apply(channel);
	}

	private void watchEventLoops(HttpServerConfig server) {
		ServerEventLoops.of(server).forEach(this.monitors::monitor);
	}

}
