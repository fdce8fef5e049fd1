package io.github.websocketkeepalive.fault;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.util.ResourceLeakDetector;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.probe.ProbeListener;
import io.github.websocketkeepalive.test.Http2Client;
import io.github.websocketkeepalive.test.PlainWebSocketMapping;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.SelfSignedKeyStore;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * What the log says of WebSockets whose peer is simply gone, without the starter and with
 * it.
 */
class WebSocketNoiseTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final List<String> LOGGERS = List.of("reactor.netty.channel.FluxReceive",
			"reactor.netty.transport.ServerTransport", "reactor.netty.http.server.HttpServerOperations",
			"io.netty.channel.DefaultChannelPipeline");

	@TempDir
	static Path keys;

	@Tag("slow")
	@ParameterizedTest
	@EnumSource
	void aResetIsLoggedAtDebugOnlyAndTheNeighbourGoesOn(Transport transport) throws Exception {
		Map<Case, List<Line>> before = run(transport, false);
		Map<Case, List<Line>> after = run(transport, true);
		Set<Case> noisy = Stream.of(Case.values())
			.filter((one) -> before.get(one).stream().anyMatch(Line::isNoise))
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(noisy).isEqualTo(Case.noisy(transport));
		before.forEach((one, lines) -> assertDowngraded(one.name(), lines, after.get(one)));
	}

	@Test
	void levelsThatChangeAndALogThatIsSetUpAnewDoNotMatter() throws Exception {
		String logger = "reactor.netty.transport.ServerTransport";
		try (TestServer server = TestServer.on(Transport.EPOLL)
			.workers(1)
			.property("management.endpoints.web.exposure.include", "loggers")
			.start(Application.class)) {
			try (Log log = new Log()) {
				setLevel(server, logger, "INFO");
				assertThat(reset(server, log)).noneMatch((line) -> line.logger().equals(logger) && line.isLogged());
				setLevel(server, logger, "DEBUG");
				assertThat(reset(server, log)).filteredOn((line) -> line.logger().equals(logger) && line.isLogged())
					.isNotEmpty()
					.allMatch((line) -> line.level().equals("DEBUG"));
			}
			LoggingSystem logging = server.bean(LoggingSystem.class);
			logging.cleanUp();
			logging.beforeInitialize();
			logging.initialize(new LoggingInitializationContext(new StandardEnvironment()), null, null);
			try (Log log = new Log()) {
				assertThat(reset(server, log)).noneMatch(Line::isNoise)
					.anyMatch((line) -> line.logger().equals(logger) && line.level().equals("DEBUG"));
			}
		}
	}

	private static List<Line> reset(TestServer server, Log log) throws Exception {
		Case.PUSHING.act.on(server.port());
		await().atMost(PATIENCE).until(() -> server.connections().count() == 0);
		server.bean(Application.class).awaitClosed(Integer.MAX_VALUE);
		List<Line> lines = log.lines(server.bean(Application.class));
		log.lines.clear();
		assertThat(lines).anyMatch((line) -> line.level().equals("COUNTED"));
		return lines;
	}

	private static void setLevel(TestServer server, String logger, String level) throws Exception {
		HttpRequest request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + server.port() + "/actuator/loggers/" + logger))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString("{\"configuredLevel\": \"" + level + "\"}"))
			.build();
		HttpResponse<Void> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding());
		assertThat(response.statusCode()).isEqualTo(204);
	}

	@Test
	@Tag("slow")
	void anExpiryOfTheUserTimeoutIsLoggedAtDebugOnly() throws Exception {
		String reason = NetworkNamespace.unavailable();
		if (reason != null) {
			LoggerFactory.getLogger(WebSocketNoiseTests.class)
				.warn("SKIPPED {}: no network namespace: {}", WebSocketNoiseTests.class.getSimpleName(), reason);
		}
		assumeThat(reason).isNull();
		for (String path : List.of("/push", "/both")) {
			List<Line> before = expire(false, path);
			List<Line> after = expire(true, path);
			assertThat(before.stream().anyMatch(Line::isNoise)).as(path).isEqualTo(path.equals("/push"));
			assertDowngraded(path, before, after);
		}
	}

	private static void assertDowngraded(String name, List<Line> before, List<Line> after) {
		List<Line> noise = before.stream().filter(Line::isNoise).toList();
		assertThat(after).as(name).noneMatch(Line::isNoise);
		assertThat(after).as(name).containsAll(noise.stream().map(Line::atDebug).toList());
		assertThat(after).as(name)
			.filteredOn((line) -> line.level().equals("COUNTED"))
			.extracting(Line::logger)
			.containsAll(noise.stream().map(Line::logger).toList());
	}

	private static Map<Case, List<Line>> run(Transport transport, boolean starter) throws Exception {
		Map<Case, List<Line>> lines = new LinkedHashMap<>();
		for (Server kind : Server.values()) {
			try (TestServer server = start(transport, starter, kind)) {
				for (Case one : Case.values()) {
					if (one.server == kind) {
						lines.put(one, run(server, one, starter || one != Case.BACK_PRESSURED || transport.isEpoll()));
					}
				}
			}
		}
		return lines;
	}

	private static TestServer start(Transport transport, boolean starter, Server kind) throws Exception {
		TestServer.Builder builder = TestServer.on(transport)
			.workers(1)
			.heartbeat("100ms", "20s")
			.property("websocket-keepalive.enabled", starter)
			.property("server.http2.enabled", kind != Server.HTTP);
		if (kind == Server.HTTP2_OVER_TLS) {
			builder.property("server.ssl.key-store", SelfSignedKeyStore.in(keys).toString())
				.property("server.ssl.key-store-password", SelfSignedKeyStore.PASSWORD);
		}
		return builder.start(Application.class);
	}

	private static List<Line> run(TestServer server, Case one, boolean noticed) throws Exception {
		Application application = server.bean(Application.class);
		boolean tls = one.server == Server.HTTP2_OVER_TLS;
		try (RawClient neighbour = tls ? RawClient.connectOverTls(server.port(), "/receive")
				: RawClient.connect(server.port(), "/receive"); Log log = new Log()) {
			echo(neighbour);
			one.act.on(server.port());
			if (noticed) {
				application.awaitClosed(1);
			}
			echo(neighbour);
			return log.lines(application);
		}
	}

	private static List<Line> expire(boolean starter, String path) throws Exception {
		try (TestServer server = TestServer.on(Transport.EPOLL)
			.workers(1)
			.heartbeat("1h", "1h")
			.property("websocket-keepalive.enabled", starter)
			.start(Application.class, UserTimeout.class);
				RawClient neighbour = RawClient.connect(server.port(), "/receive");
				NetworkNamespace network = NetworkNamespace.create();
				Log log = new Log()) {
			RemoteClients.start(network, server.port(), path, 1, network.address(1));
			network.blackHole(network.address(1));
			server.bean(Application.class).awaitClosed(1);
			echo(neighbour);
			return log.lines(server.bean(Application.class));
		}
	}

	private static void echo(RawClient client) throws Exception {
		client.sendText("here");
		assertThat(client.read(RawClient.TEXT).text()).isEqualTo("here");
	}

	/**
	 * What is connected to.
	 */
	private enum Server {

		/** HTTP/1.1. */
		HTTP,

		/** HTTP/2 without TLS. */
		HTTP2,

		/** HTTP/2 with TLS. */
		HTTP2_OVER_TLS

	}

	/**
	 * How a peer goes.
	 */
	private enum Case {

		RECEIVING(Server.HTTP, (port) -> {
			try (RawClient client = RawClient.connect(port, "/receive")) {
				echo(client);
				client.reset();
			}
		}),

		PUSHING(Server.HTTP, (port) -> {
			try (RawClient client = RawClient.connect(port, "/push")) {
				client.read(RawClient.TEXT);
				client.reset();
			}
		}),

		PUSHING_AND_RECEIVING(Server.HTTP, (port) -> {
			try (RawClient client = RawClient.connect(port, "/both")) {
				client.read(RawClient.TEXT);
				client.reset();
			}
		}),

		BACK_PRESSURED(Server.HTTP, (port) -> {
			try (RawClient client = RawClient.connect(port, "/stuck")) {
				client.socket().setSendBufferSize(1024 * 1024);
				for (int i = 0; i < 200; i++) {
					client.sendBinary(new byte[1024]);
				}
				client.reset();
			}
		}),

		RECEIVING_ON_A_STREAM(Server.HTTP2, (port) -> resetHttp2(port, false, "/receive")),

		PUSHING_ON_A_STREAM(Server.HTTP2, (port) -> resetHttp2(port, false, "/push")),

		RECEIVING_ON_A_STREAM_OVER_TLS(Server.HTTP2_OVER_TLS, (port) -> resetHttp2(port, true, "/receive")),

		PUSHING_ON_A_STREAM_OVER_TLS(Server.HTTP2_OVER_TLS, (port) -> resetHttp2(port, true, "/push"));

		private final Server server;

		private final Act act;

		Case(Server server, Act act) {
			this.server = server;
			this.act = act;
		}

		static Set<Case> noisy(Transport transport) {
			Set<Case> noisy = new TreeSet<>(Set.of(PUSHING, RECEIVING_ON_A_STREAM, PUSHING_ON_A_STREAM));
			if (transport.isEpoll()) {
				noisy.add(BACK_PRESSURED);
			}
			return noisy;
		}

		private static void resetHttp2(int port, boolean tls, String path) throws Exception {
			try (Http2Client client = Http2Client.connect(port, tls, path, false)) {
				client.sendText("here");
				await().atMost(PATIENCE).until(() -> !client.messages().isEmpty());
				client.reset();
			}
		}

	}

	@FunctionalInterface
	private interface Act {

		void on(int port) throws Exception;

	}

	/**
	 * A line of the log, apart from ids and addresses, which differ from run to run.
	 *
	 * @param level its level, or that it was counted as downgraded
	 * @param logger its logger
	 * @param message its message
	 * @param failure its exception
	 */
	private record Line(String level, String logger, String message, @Nullable String failure) {

		boolean isNoise() {
			return this.level.equals("WARN") || this.level.equals("ERROR");
		}

		boolean isLogged() {
			return !this.level.equals("COUNTED");
		}

		Line atDebug() {
			return new Line("DEBUG", this.logger, this.message, this.failure);
		}

		static Line of(ILoggingEvent event) {
			return new Line(event.getLevel().toString(), event.getLoggerName(),
					event.getFormattedMessage().replaceAll("\\[[^]]*]", "[]"),
					(event.getThrowableProxy() != null)
							? event.getThrowableProxy().getClassName() + ": " + event.getThrowableProxy().getMessage()
							: null);
		}

	}

	private static final class Log extends AppenderBase<ILoggingEvent> implements AutoCloseable {

		private static final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

		private final List<Line> lines = new CopyOnWriteArrayList<>();

		Log() {
			LOGGERS.forEach((name) -> ((Logger) LoggerFactory.getLogger(name)).setLevel(Level.DEBUG));
			start();
			root.addAppender(this);
		}

		@Override
		protected void append(ILoggingEvent event) {
			if (!event.getLoggerName().equals(ResourceLeakDetector.class.getName())) {
				this.lines.add(Line.of(event));
			}
		}

		List<Line> lines(Application application) {
			List<Line> lines = new ArrayList<>(this.lines);
			application.downgraded.forEach((logger) -> lines.add(new Line("COUNTED", logger, "", null)));
			application.downgraded.clear();
			return lines;
		}

		@Override
		public void close() {
			root.detachAppender(this);
			LOGGERS.forEach((name) -> ((Logger) LoggerFactory.getLogger(name)).setLevel(null));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Application implements ProbeListener {

		private final List<Channel> channels = new CopyOnWriteArrayList<>();

		private final List<String> downgraded = new CopyOnWriteArrayList<>();

		@Bean
		PlainWebSocketMapping handlers() {
			WebSocketHandler receive = (session) -> session.send(session.receive().doOnNext(WebSocketMessage::retain));
			WebSocketHandler push = (session) -> session.send(messages(session));
			WebSocketHandler both = (session) -> session.send(messages(session)).and(session.receive());
			WebSocketHandler stuck = (session) -> session.receive().concatMap((message) -> Mono.never(), 1).then();
			return new PlainWebSocketMapping(
					Map.of("/receive", receive, "/push", push, "/both", both, "/stuck", stuck));
		}

		private static Flux<WebSocketMessage> messages(WebSocketSession session) {
			return Flux.interval(Duration.ZERO, Duration.ofMillis(500))
				.onBackpressureDrop()
				.map((number) -> session.textMessage("message " + number));
		}

		@Bean
		@Order(Ordered.LOWEST_PRECEDENCE)
		WebServerFactoryCustomizer<NettyReactiveWebServerFactory> channels() {
			return (factory) -> factory.addServerCustomizers(
					(server) -> server.http2Settings((settings) -> settings.connectProtocolEnabled(true))
						.doOnChannelInit((observer, channel, remoteAddress) -> this.channels.add(channel)));
		}

		@Override
		public void onDowngraded(String logger) {
			this.downgraded.add(logger);
		}

		// An end takes several tasks of its event loop, each of which may queue another.
		void awaitClosed(int remaining) throws Exception {
			await().atMost(PATIENCE).until(() -> this.channels.stream().filter(Channel::isOpen).count() <= remaining);
			for (int i = 0; i < 5; i++) {
				this.channels.get(0).eventLoop().submit(() -> {
				}).sync();
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UserTimeout {

		@Bean
		NettyServerCustomizer userTimeout() {
			return (server) -> server.childOption(EpollChannelOption.TCP_USER_TIMEOUT, 1000);
		}

	}

}
