package io.github.websocketkeepalive.server;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServerConfig;
import reactor.netty.http.server.HttpServerRequest;

import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.logging.NoiseScope;
import io.github.websocketkeepalive.probe.ProbeHandler;
import io.github.websocketkeepalive.probe.ProbeSummary;
import io.github.websocketkeepalive.probe.Probes;

/**
 * Has every connection of Reactor Netty's server watched until it sends a valid request,
 * and limits what is logged on its event loops about malformed input. Stands beside the
 * customizer for WebSockets and knows nothing of it, because each may be turned off or
 * replaced without the other.
 */
public final class ProbeServerCustomizer implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>,
		ConnectionObserver, Ordered, AutoCloseable {

	private final Probes probes;

	private final ProbeSummary summary;

	private final EventLoopMonitors monitors;

	private final Set<EventLoop> eventLoops = ConcurrentHashMap.newKeySet();

	/**
	 * Create a customizer.
	 * @param probes what is told of connections without a request
	 * @param summary what sums them up
	 * @param monitors whose sweeps write the summary
	 */
	public ProbeServerCustomizer(Probes probes, ProbeSummary summary, EventLoopMonitors monitors) {
		this.probes = probes;
		this.summary = summary;
		this.monitors = monitors;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void customize(NettyReactiveWebServerFactory factory) {
		factory.addServerCustomizers((server) -> server.doOnBind(this::watch)
			.doOnBound((bound) -> NoiseScope.apply(bound.channel(), this.probes.noise()))
			.doOnChannelInit((observer, channel, remoteAddress) -> watch(channel))
			.childObserve(this));
	}

	@Override
	public void onStateChange(Connection connection, State state) {
		if (state == State.CONFIGURED && connection instanceof HttpServerRequest) {
			ProbeHandler.spoken(connection.channel());
		}
	}

	private void watch(Channel channel) {
		ProbeHandler.install(channel, this.probes, NettyPipeline.ProxyProtocolDecoder, NettyPipeline.SslHandler,
				NettyPipeline.HttpCodec, NettyPipeline.H2OrHttp11Codec, NettyPipeline.H2CUpgradeHandler);
	}

	private void watch(HttpServerConfig server) {
		List<EventLoop> eventLoops = ServerEventLoops.of(server);
		eventLoops.forEach((eventLoop) -> eventLoop.execute(() -> NoiseScope.limitThread(this.probes.noise())));
		// Any one loop will do: it is swept more often than the summary is due.
		eventLoops.stream().limit(1).forEach(this::sumUp);
		this.eventLoops.addAll(eventLoops);
	}

	private void sumUp(EventLoop eventLoop) {
		eventLoop.execute(() -> this.monitors.monitor(eventLoop).add((now) -> this.summary.writeIfDue()));
	}

	/**
	 * Limit nothing any more. The event loops may be used by other applications of the
	 * process.
	 */
	@Override
	public void close() {
		for (EventLoop eventLoop : this.eventLoops) {
			try {
				eventLoop.execute(() -> NoiseScope.unlimitThread(this.probes.noise()));
			}
			catch (RejectedExecutionException ex) {
				// Its thread has ended, and with it what limits that.
			}
		}
	}

}
