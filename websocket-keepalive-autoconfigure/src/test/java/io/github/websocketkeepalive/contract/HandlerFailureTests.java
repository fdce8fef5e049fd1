package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.handler.codec.DecoderException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.channel.AbortedException;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.heartbeat.HandlerFailure;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A handler may fail in any way: its peer is told 1011, and the log has the exception.
 */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith({ LeakDetection.class, OutputCaptureExtension.class })
class HandlerFailureTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static TestServer server;

	@Parameter
	private Transport transport;

	@BeforeParameterizedClassInvocation
	static void startServer(Transport transport) {
		server = TestServer.on(transport)
			.heartbeat("1h", "1h")
			.property("spring.webflux.base-path", basePath(transport))
			.start(Application.class, RecordingListener.class);
	}

	@AfterParameterizedClassInvocation
	static void stopServer() {
		server.close();
	}

	@ParameterizedTest
	@EnumSource
	void aHandlerThatFailsEndsWith1011AndItsExceptionIsLoggedOnce(Shape shape, CapturedOutput output)
			throws IOException {
		RecordingListener events = server.bean(RecordingListener.class);
		try (RawClient neighbour = RawClient.connect(server.port(), path("/neighbour"));
				RawClient client = RawClient.connect(server.port(), path(shape.path()))) {
			client.sendText("x");
			assertThat(client.read(RawClient.CLOSE).closeCode()).isEqualTo(1011);
			assertThat(client.isClosedByServer()).isTrue();
			await().atMost(PATIENCE).until(() -> !events.closed(path(shape.path())).isEmpty());
			assertThat(events.closed(path(shape.path()))).singleElement().satisfies((end) -> {
				assertThat(end.cause()).isEqualTo(CloseCause.HANDLER_ERROR);
				assertThat(end.code()).isEqualTo(1011);
				assertThat(output).contains("The handler of " + path(shape.path())
						+ " has failed, which ends WebSocket " + end.connection().getId());
			});
			assertThat(output.toString().split(shape.logged(), -1)).hasSize(2);
			neighbour.sendText("still there?");
			assertThat(neighbour.read(RawClient.TEXT).text()).isEqualTo("still there?");
		}
		events.closed().clear();
	}

	@Test
	void aHandlerThatFailsOnceItsPeerHasClosedIsLoggedAsThat(CapturedOutput output) throws IOException {
		try (RawClient client = RawClient.connect(server.port(), path("/fails-at-the-end"))) {
			client.sendClose(1000, "");
			assertThat(client.isClosedByServer()).isTrue();
			await().atMost(PATIENCE).until(() -> output.toString().contains("IllegalStateException: fails-at-the-end"));
		}
		assertThat(output).contains("The handler of " + path("/fails-at-the-end") + " has failed after the end of");
	}

	@Test
	void aFailureOutsideOfAReadIsLoggedWithTheIdInMdc() throws IOException {
		Logger logger = (Logger) LoggerFactory.getLogger(HandlerFailure.class);
		ListAppender<ILoggingEvent> lines = new ListAppender<>();
		lines.start();
		logger.addAppender(lines);
		try (RawClient client = RawClient.connect(server.port(), path("/later"))) {
			assertThat(client.read(RawClient.CLOSE).closeCode()).isEqualTo(1011);
			await().atMost(PATIENCE).until(() -> !lines.list.isEmpty());
			ILoggingEvent line = lines.list.get(0);
			assertThat(line.getMDCPropertyMap()).containsKey("websocket");
			assertThat(line.getFormattedMessage()).contains(line.getMDCPropertyMap().get("websocket"));
		}
		finally {
			logger.detachAppender(lines);
		}
	}

	@Test
	void aFailureThatTheApplicationHandlesIsItsOwn(CapturedOutput output) throws IOException {
		try (RawClient client = RawClient.connect(server.port(), path("/handled"))) {
			client.sendText("x");
			assertThat(client.read(RawClient.CLOSE).payload()).isEmpty();
		}
		assertThat(output).doesNotContain("has failed");
	}

	@Test
	void aHandlerThatTakesOneMessageAndGoesOnEndsAsItDoesWithoutTheStarter(CapturedOutput output) throws IOException {
		try (RawClient client = RawClient.connect(server.port(), path("/one"))) {
			client.sendText("x");
			assertThat(client.read(RawClient.CLOSE).payload()).isEmpty();
		}
		assertThat(output).doesNotContain("has failed");
	}

	private String path(String path) {
		return basePath(this.transport) + path;
	}

	// What an endpoint fails with is logged in full once in ten seconds.
	private static String basePath(Transport transport) {
		return "/" + transport.name().toLowerCase(Locale.ROOT);
	}

	/**
	 * How a handler fails.
	 */
	enum Shape {

		THROWS(false, (session) -> {
			throw failure("THROWS");
		}),

		RETURNS_A_FAILURE(false, (session) -> Mono.error(failure("RETURNS_A_FAILURE"))),

		FAILS_LATER(false, (session) -> Mono.delay(Duration.ofMillis(50)).then(Mono.error(failure("FAILS_LATER")))),

		FAILS_BY_A_MESSAGE(false,
				(session) -> session.receive().doOnNext((message) -> fail("FAILS_BY_A_MESSAGE")).then()),

		FAILS_IN_WHAT_IT_SENDS(false,
				(session) -> session
					.send(session.receive().map((message) -> (WebSocketMessage) fail("FAILS_IN_WHAT_IT_SENDS")))),

		SENDS_A_FAILURE(false, (session) -> session.send(Flux.error(failure("SENDS_A_FAILURE")))),

		SENDS_SOMETHING_AND_THEN_A_FAILURE(false,
				(session) -> session.send(Flux.just(session.textMessage("first"))
					.concatWith(Flux.error(failure("SENDS_SOMETHING_AND_THEN_A_FAILURE"))))),

		FAILS_ON_ANOTHER_THREAD(false,
				(session) -> session.receive()
					.map(WebSocketMessage::getPayloadAsText)
					.publishOn(Schedulers.boundedElastic())
					.doOnNext((text) -> fail("FAILS_ON_ANOTHER_THREAD"))
					.then()),

		FAILS_BESIDE_WHAT_IT_SENDS(false,
				(session) -> session.send(Flux.never())
					.and(session.receive().doOnNext((message) -> fail("FAILS_BESIDE_WHAT_IT_SENDS")))),

		RETURNS_NULL(false, "NullPointerException: ", (session) -> null),

		SENDS_TO_A_PEER_OF_ANOTHER_THAT_HAS_GONE(false, "AbortedException: SENDS_TO_A_PEER_OF_ANOTHER_THAT_HAS_GONE",
				(session) -> session.receive()
					.concatMap(
							(message) -> Mono.error(new AbortedException("SENDS_TO_A_PEER_OF_ANOTHER_THAT_HAS_GONE")))
					.then()),

		FAILS_TO_DECODE_WHAT_IT_READS_ELSEWHERE(false, "DecoderException: FAILS_TO_DECODE_WHAT_IT_READS_ELSEWHERE",
				(session) -> session.receive()
					.concatMap((message) -> Mono.error(new DecoderException("FAILS_TO_DECODE_WHAT_IT_READS_ELSEWHERE")))
					.then()),

		FAILS_OFFLOADED(true, (session) -> session.receive().doOnNext((message) -> fail("FAILS_OFFLOADED")).then());

		private final boolean offloaded;

		private final String logged;

		private final Function<WebSocketSession, Mono<Void>> handler;

		Shape(boolean offloaded, Function<WebSocketSession, Mono<Void>> handler) {
			this.offloaded = offloaded;
			this.logged = "IllegalStateException: " + name();
			this.handler = handler;
		}

		Shape(boolean offloaded, String logged, Function<WebSocketSession, Mono<Void>> handler) {
			this.logged = logged;
			this.offloaded = offloaded;
			this.handler = handler;
		}

		Mono<Void> handle(WebSocketSession session) {
			return this.handler.apply(session);
		}

		String path() {
			return this.offloaded ? "/offloaded" : "/" + name();
		}

		String logged() {
			return this.logged;
		}

		private static IllegalStateException failure(String shape) {
			return new IllegalStateException(shape);
		}

		private static Object fail(String shape) {
			throw failure(shape);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		HandlerMapping shapes() {
			Map<String, WebSocketHandler> handlers = new HashMap<>();
			for (Shape shape : Shape.values()) {
				if (!shape.offloaded) {
					handlers.put(shape.path(), shape::handle);
				}
			}
			handlers.put("/handled",
					(session) -> session.receive()
						.doOnNext((message) -> Shape.fail("handled"))
						.then()
						.onErrorResume((ex) -> Mono.empty()));
			handlers.put("/fails-at-the-end",
					(session) -> session.receive().then(Mono.error(Shape.failure("fails-at-the-end"))));
			handlers.put("/later",
					(session) -> Mono.delay(Duration.ofMillis(50)).then(Mono.error(Shape.failure("later"))));
			handlers.put("/one", (session) -> session.receive().take(1).then(Mono.never()));
			handlers.put("/neighbour", (session) -> session
				.send(session.receive().map((message) -> session.textMessage(message.getPayloadAsText()))));
			return new SimpleUrlHandlerMapping(handlers, -1);
		}

		@Bean
		@WebSocketMapping(value = "/offloaded", offload = true)
		WebSocketHandler offloaded() {
			return Shape.FAILS_OFFLOADED::handle;
		}

	}

}
