package io.github.websocketkeepalive.server;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link FailureReportingHandlerAdapter}.
 */
@ExtendWith(LeakDetection.class)
class FailureReportingHandlerAdapterTests {

	@ParameterizedTest
	@EnumSource
	void anUpgradeRunsOnItsEventLoopWhateverThreadTheFiltersLeaveItOn(Transport transport) throws Exception {
		try (TestServer server = TestServer.on(transport)
			.property("websocket-keepalive.echo.path", "/echo")
			.start(FiltersOnAnotherThread.class); RawClient client = RawClient.connect(server.port(), "/echo")) {
			client.sendText("alive");
			assertThat(client.read(RawClient.TEXT).text()).isEqualTo("alive");
			assertThat(server.bean(UpgradeThreads.class).names).hasSize(1).allMatch((name) -> name.startsWith("test-"));
		}
	}

	@Test
	void handlersThatAreEqualServeTheirOwnConnections() throws Exception {
		try (TestServer server = TestServer.on(Transport.NIO).start(EqualHandlers.class);
				RawClient first = RawClient.connect(server.port(), "/first");
				RawClient second = RawClient.connect(server.port(), "/second")) {
			first.sendText("1");
			second.sendText("2");
			EqualHandlers handlers = server.bean(EqualHandlers.class);
			await().until(() -> handlers.first.received.size() + handlers.second.received.size() == 2);
			assertThat(handlers.first.received).containsExactly("1");
			assertThat(handlers.second.received).containsExactly("2");
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class EqualHandlers {

		private final EqualHandler first = new EqualHandler();

		private final EqualHandler second = new EqualHandler();

		@Bean
		HandlerMapping equalHandlers() {
			return new SimpleUrlHandlerMapping(Map.of("/first", this.first, "/second", this.second), -1);
		}

	}

	static final class EqualHandler implements WebSocketHandler {

		private final List<String> received = new CopyOnWriteArrayList<>();

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return session.receive().doOnNext((message) -> this.received.add(message.getPayloadAsText())).then();
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof EqualHandler;
		}

		@Override
		public int hashCode() {
			return 1;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FiltersOnAnotherThread {

		@Bean
		@Order(0)
		WebFilter filter() {
			return (exchange, chain) -> chain.filter(exchange).subscribeOn(Schedulers.parallel());
		}

		@Bean
		UpgradeThreads upgradeThreads() {
			return new UpgradeThreads();
		}

		@Bean
		WebSocketHandlerAdapter webSocketHandlerAdapter(UpgradeThreads threads) {
			return new WebSocketHandlerAdapter(new HandshakeWebSocketService(threads));
		}

	}

	/**
	 * Notes on which threads upgrades are about to run, once everything before them has.
	 */
	static final class UpgradeThreads extends ReactorNettyRequestUpgradeStrategy {

		private final List<String> names = new CopyOnWriteArrayList<>();

		@Override
		public Mono<Void> upgrade(ServerWebExchange exchange, WebSocketHandler handler, String subprotocol,
				Supplier<HandshakeInfo> handshake) {
			return exchange.getResponse()
				.setComplete()
				.doOnSuccess((complete) -> this.names.add(Thread.currentThread().getName()))
				.then(super.upgrade(exchange, handler, subprotocol, handshake));
		}

	}

}
