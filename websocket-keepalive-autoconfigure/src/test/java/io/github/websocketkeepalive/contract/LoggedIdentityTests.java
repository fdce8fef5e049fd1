package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.logging.LoggingSystemProperty;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.scheduler.Schedulers;

import io.github.websocketkeepalive.connection.ConnectionId;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Which lines of the log carry the id of their connection.
 */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith({ LeakDetection.class, OutputCaptureExtension.class })
class LoggedIdentityTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final int MESSAGES = 50;

	private final Lines lines = new Lines();

	@Parameter
	private Transport transport;

	@AfterEach
	void resetLogging() {
		this.lines.detach();
		Hooks.disableAutomaticContextPropagation();
		System.clearProperty(LoggingSystemProperty.CONSOLE_STRUCTURED_FORMAT.getEnvironmentVariableName());
		LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
		logging.cleanUp();
		logging.beforeInitialize();
		logging.initialize(new LoggingInitializationContext(new StandardEnvironment()), null, null);
		logging.cleanUp();
	}

	@Test
	void autoMarksEveryLineOfAHandlerWherePropagationIsOn() throws IOException {
		try (TestServer server = server("auto", "spring.reactor.context-propagation=auto")) {
			talk(server, "/handler");
			assertThat(this.lines.ofHandlers()).extracting(Line::step)
				.contains("assembly", "receive", "elastic", "parallel", "finally");
			assertThat(this.lines.ofHandlers()).allSatisfy((line) -> assertThat(line.mdc()).isEqualTo(line.id()));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "auto", "netty" })
	void nettyMarksTheLinesOnTheEventLoop(String mode) throws IOException {
		try (TestServer server = server(mode, "spring.reactor.context-propagation=limited")) {
			talk(server, "/handler");
			assertThat(this.lines.ofHandlers())
				.filteredOn((line) -> List.of("assembly", "receive").contains(line.step()))
				.hasSizeGreaterThan(2 * MESSAGES)
				.allSatisfy((line) -> assertThat(line.mdc()).isEqualTo(line.id()));
			assertThat(this.lines.ofHandlers())
				.filteredOn((line) -> List.of("elastic", "parallel").contains(line.step()))
				.hasSizeGreaterThan(2 * MESSAGES)
				.allSatisfy((line) -> assertThat(line.mdc()).isNull());
		}
	}

	@Test
	void nettyMarksTheLinesOfARouteOutsideOfSpring() throws IOException {
		try (TestServer server = server("netty", "spring.reactor.context-propagation=limited")) {
			talk(server, "/route");
			assertThat(this.lines.ofHandlers()).filteredOn((line) -> line.step().equals("receive"))
				.hasSize(2 * MESSAGES)
				.allSatisfy((line) -> assertThat(line.mdc()).isEqualTo(line.id()));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "auto", "netty" })
	void whatReactorNettyLogsCarriesTheId(String mode) throws IOException {
		try (TestServer server = server(mode, "spring.reactor.context-propagation=limited")) {
			try (RawClient client = RawClient.connect(server.port(), "/handler")) {
				WebSocketConnection connection = await().atMost(PATIENCE)
					.until(() -> server.connections().stream().findFirst(), (found) -> found.isPresent())
					.orElseThrow();
				this.lines.attach("reactor.netty", Level.DEBUG);
				client.sendText("1");
				client.read(RawClient.TEXT);
				client.sendClose(1000, "bye");
				await().atMost(PATIENCE).until(() -> server.connections().count() == 0);
				await().atMost(PATIENCE)
					.until(() -> this.lines.all().stream().anyMatch((line) -> line.message().contains("Closing")));
				assertThat(this.lines.all()).filteredOn((line) -> line.logger().startsWith("reactor.netty.http.server"))
					.isNotEmpty()
					.allSatisfy((line) -> assertThat(line.mdc()).as(line.message()).isEqualTo(connection.getId()));
			}
		}
	}

	@Test
	void offMarksNone() throws IOException {
		try (TestServer server = server("off", "spring.reactor.context-propagation=auto")) {
			this.lines.attach("reactor.netty", Level.DEBUG);
			talk(server, "/handler");
			assertThat(this.lines.all()).hasSizeGreaterThan(2 * MESSAGES)
				.allSatisfy((line) -> assertThat(line.mdc()).isNull());
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			logging.structured.format.console=ecs      | "websocket":"%s"
			logging.structured.format.console=logstash | "websocket":"%s"
			logging.pattern.correlation=<%X{websocket}> | <%s>
			""")
	void theIdIsInOutputOfEveryForm(String property, String expected, CapturedOutput output) throws IOException {
		try (TestServer server = server("auto", property)) {
			talk(server, "/handler");
			String id = this.lines.ofHandlers().get(0).id();
			assertThat(output.toString().lines()).anyMatch((line) -> line.contains("opened: role=server")
					&& line.contains(expected.formatted(id)) && line.contains("[" + id + "]"));
			assertThat(output.toString().lines())
				.anyMatch((line) -> line.contains(" receive") && line.contains(expected.formatted(id)));
		}
	}

	private TestServer server(String mode, String property) {
		String[] pair = property.split("=");
		TestServer server = TestServer.on(this.transport)
			.workers(1)
			.property("websocket-keepalive.logging.mdc", mode)
			.property(pair[0], pair[1])
			.start(Application.class);
		this.lines.attach(Application.class.getName(), Level.INFO);
		return server;
	}

	private void talk(TestServer server, String path) throws IOException {
		try (RawClient first = RawClient.connect(server.port(), path);
				RawClient second = RawClient.connect(server.port(), path)) {
			for (int i = 0; i < MESSAGES; i++) {
				first.sendText("to the first");
				second.sendText("to the second");
			}
			for (int i = 0; i < MESSAGES; i++) {
				assertThat(first.read(RawClient.TEXT).text()).isEqualTo("to the first");
				assertThat(second.read(RawClient.TEXT).text()).isEqualTo("to the second");
			}
			first.sendClose(1000, "bye");
		}
		await().atMost(PATIENCE)
			.until(() -> this.lines.ofHandlers().stream().filter((line) -> line.step().equals("finally")).count() == 2);
		assertThat(this.lines.ofHandlers().stream().map(Line::id).distinct()).hasSize(2);
	}

	private record Line(String logger, String message, String mdc) {

		String id() {
			return ConnectionId.of(this.message.split(" ")[0]);
		}

		String step() {
			return this.message.split(" ")[1];
		}

	}

	private static final class Lines extends AppenderBase<ILoggingEvent> {

		private final Queue<Line> lines = new ConcurrentLinkedQueue<>();

		void attach(String name, Level level) {
			Logger logger = (Logger) LoggerFactory.getLogger(name);
			logger.setLevel(level);
			logger.addAppender(this);
			start();
		}

		void detach() {
			for (String name : List.of(Application.class.getName(), "reactor.netty")) {
				Logger logger = (Logger) LoggerFactory.getLogger(name);
				logger.detachAppender(this);
				logger.setLevel(null);
			}
		}

		@Override
		protected void append(ILoggingEvent event) {
			this.lines.add(new Line(event.getLoggerName(), event.getFormattedMessage(),
					event.getMDCPropertyMap().get("websocket")));
		}

		List<Line> all() {
			return List.copyOf(this.lines);
		}

		List<Line> ofHandlers() {
			return this.lines.stream().filter((line) -> line.logger().equals(Application.class.getName())).toList();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		private static final org.slf4j.Logger logger = LoggerFactory.getLogger(Application.class);

		@Bean
		@WebSocketMapping("/handler")
		WebSocketHandler handler() {
			return (session) -> {
				String id = session.getId();
				logger.info("{} assembly", id);
				Flux<WebSocketMessage> answers = session.receive()
					.map(WebSocketMessage::getPayloadAsText)
					.doOnNext((text) -> logger.info("{} receive", id))
					.publishOn(Schedulers.boundedElastic())
					.doOnNext((text) -> logger.info("{} elastic", id))
					.concatMap((text) -> Flux.interval(Duration.ofMillis(1))
						.take(1)
						.doOnNext((tick) -> logger.info("{} parallel", id))
						.map((tick) -> session.textMessage(text)));
				return session.send(answers).doFinally((signal) -> logger.info("{} finally", id));
			};
		}

		@Bean
		NettyRouteProvider route() {
			return (routes) -> routes.ws("/route", (inbound, outbound) -> {
				String[] id = new String[1];
				inbound.withConnection((connection) -> id[0] = connection.channel().id().asLongText());
				return outbound
					.sendString(inbound.receive().asString().doOnNext((text) -> logger.info("{} receive", id[0])))
					.then()
					.doFinally((signal) -> logger.info("{} finally", id[0]));
			});
		}

	}

}
