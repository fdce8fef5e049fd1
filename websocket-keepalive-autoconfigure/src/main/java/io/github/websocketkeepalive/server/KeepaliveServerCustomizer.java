package io.github.websocketkeepalive.server;

import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

import io.github.websocketkeepalive.heartbeat.HeartbeatPolicies;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.transport.ConnectionTap;

/**
 * Hooks into Reactor Netty's server. Last of all customizers, and only by what Reactor
 * Netty adds to rather than replaces, so that nothing an application has set is lost.
 */
public final class KeepaliveServerCustomizer
		implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, Ordered {

	private final UpgradeObserver upgrades;

	/**
	 * Create a customizer.
	 * @param heartbeats what starts a heartbeat
	 * @param policies which policy it is given
	 */
	public KeepaliveServerCustomizer(Heartbeats heartbeats, HeartbeatPolicies policies) {
		this.upgrades = new UpgradeObserver(heartbeats, policies);
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void customize(NettyReactiveWebServerFactory factory) {
		factory.addServerCustomizers((server) -> server
			.doOnChannelInit((observer, channel, remoteAddress) -> ConnectionTap.install(channel.pipeline()))
			.childObserve(this.upgrades));
	}

}
