package io.github.websocketkeepalive.fault;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Predicate;

import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import org.reactivestreams.Publisher;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.WebsocketServerSpec;

import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

/**
 * An application with a keepalive of its own or with the starter, which counts its
 * sessions without help of either.
 */
final class ComparedServer implements AutoCloseable {

	private final TestServer server;

	private ComparedServer(TestServer server) {
		this.server = server;
	}

	static ComparedServer withNaiveKeepalive(Transport transport, Duration interval, Duration timeout) {
		return start(TestServer.on(transport)
			.property("websocket-keepalive.enabled", false)
			.property("logging.level.reactor", "off"), new NaiveKeepalive(interval, timeout));
	}

	static ComparedServer withStarter(Transport transport, Duration interval, Duration timeout, Duration heldLimit) {
		return start(TestServer.on(transport)
			.heartbeat(interval.toMillis() + "ms", timeout.toMillis() + "ms")
			.property("websocket-keepalive.heartbeat.held-limit", heldLimit.toMillis() + "ms")
			.property("websocket-keepalive.logging.lifecycle-level", "off"), Exchange.PLAIN);
	}

	private static ComparedServer start(TestServer.Builder builder, Exchange exchange) {
		TestServer server = builder.start(Application.class);
		server.bean(Sessions.class).exchange = exchange;
		return new ComparedServer(server);
	}

	int port() {
		return this.server.port();
	}

	URI uri(String path) {
		return this.server.uri(path);
	}

	/**
	 * Return how many handlers run with peers of some addresses.
	 */
	int running(Predicate<InetSocketAddress> peer) {
		return (int) this.server.bean(Sessions.class).running.stream().filter(peer).count();
	}

	/**
	 * Return how many connections are open to peers of some addresses.
	 */
	int open(Predicate<InetSocketAddress> peer) {
		return (int) this.server.bean(ChannelGroup.class)
			.stream()
			.filter((channel) -> channel.isOpen() && channel.remoteAddress() instanceof InetSocketAddress address
					&& peer.test(address))
			.count();
	}

	@Override
	public void close() {
		this.server.close();
	}

	static final class Sessions {

		private final Set<InetSocketAddress> running = ConcurrentHashMap.newKeySet();

		private volatile Exchange exchange;

		private WebSocketHandler handler(Function<WebSocketSession, Flux<WebSocketMessage>> output,
				Function<Flux<WebSocketMessage>, Publisher<?>> input) {
			return (session) -> {
				InetSocketAddress peer = session.getHandshakeInfo().getRemoteAddress();
				this.running.add(peer);
				return this.exchange.run(session, output.apply(session), input)
					.doFinally((end) -> this.running.remove(peer));
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		private static final int LARGEST_FRAME = 2 * 1024 * 1024;

		private static final int SEND_BUFFER = 8192;

		@Bean
		Sessions sessions() {
			return new Sessions();
		}

		@Bean
		ChannelGroup connections() {
			return new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
		}

		@Bean
		NettyServerCustomizer counted(ChannelGroup connections) {
			return (server) -> server.doOnChannelInit((observer, channel, address) -> connections.add(channel))
				.childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER);
		}

		@Bean
		WebSocketHandlerAdapter webSocketHandlerAdapter() {
			return new WebSocketHandlerAdapter(new HandshakeWebSocketService(new ReactorNettyRequestUpgradeStrategy(
					() -> WebsocketServerSpec.builder().maxFramePayloadLength(LARGEST_FRAME))));
		}

		@Bean
		HandlerMapping handlers(Sessions sessions) {
			byte[] payload = new byte[60 * 1024];
			return new SimpleUrlHandlerMapping(
					Map.of("/quiet", sessions.handler((session) -> Flux.never(), (received) -> received), "/push",
							sessions.handler((session) -> Flux.never(), (received) -> Mono.never()), "/slow",
							sessions.handler((session) -> Flux.never(),
									(received) -> received
										.filter((message) -> message.getType() == WebSocketMessage.Type.TEXT)
										.concatMap((message) -> Mono.delay(Duration.ofSeconds(20)))),
							"/block",
							sessions.handler((session) -> Flux.never(),
									(received) -> received.doOnNext((message) -> block(message))),
							"/flood",
							sessions.handler((session) -> Flux.range(0, 64)
								.map((i) -> session.binaryMessage((buffers) -> buffers.wrap(payload)))
								.concatWith(Flux.never()), (received) -> received)),
					-1);
		}

		private static void block(WebSocketMessage message) {
			if (message.getType() == WebSocketMessage.Type.TEXT) {
				LockSupport.parkNanos(Duration.ofSeconds(Long.parseLong(message.getPayloadAsText())).toNanos());
			}
		}

	}

}
