package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import org.slf4j.LoggerFactory;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

import io.github.websocketkeepalive.probe.Probe;
import io.github.websocketkeepalive.probe.ProbeListener;
import io.github.websocketkeepalive.test.Http2Client;
import io.github.websocketkeepalive.test.PlainWebSocketMapping;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.SelfSignedKeyStore;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What is logged about clients in earnest keeps its level, whatever stands beside it.
 */
class RealErrorTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final int CONNECTIONS = 2_000;

	private static final org.slf4j.Logger logger = LoggerFactory.getLogger(RealErrorTests.class);

	@TempDir
	static Path keys;

	private final Appender log = new Appender();

	@ParameterizedTest
	@EnumSource
	void noRealErrorIsDowngradedAmongManyProbes(Transport transport) throws Exception {
		long seed = Long.getLong("seed", System.nanoTime());
		logger.info("Seed {}: give it as the system property \"seed\" to see the same mixture again", seed);
		int connections = CONNECTIONS / Transport.values().length;
		try (TestServer server = TestServer.on(transport)
			.property("websocket-keepalive.probe.log-level", "info")
			.start(Routes.class, Recorder.class); Log log = new Log(this.log)) {
			Random random = new Random(seed);
			int[] sent = new int[Client.values().length];
			ExecutorService threads = Executors.newFixedThreadPool(8);
			List<Future<?>> clients = new ArrayList<>();
			for (int i = 0; i < connections; i++) {
				Client client = Client.values()[random.nextInt(sent.length)];
				sent[client.ordinal()]++;
				clients.add(threads.submit(() -> {
					client.act.on(server.port());
					return null;
				}));
			}
			for (Future<?> client : clients) {
				client.get();
			}
			threads.shutdown();
			Recorder recorder = server.bean(Recorder.class);
			await("seed " + seed).atMost(PATIENCE).untilAsserted(() -> {
				assertThat(recorder.probes).hasValue(
						sent[Client.EMPTY.ordinal()] + sent[Client.GARBAGE.ordinal()] + sent[Client.HALF.ordinal()]);
				assertThat(this.log.count("app.Body", Level.ERROR)).isEqualTo(sent[Client.BODY.ordinal()]);
			});
			assertThat(this.log.count("app.Downstream", Level.ERROR)).as("seed %d", seed)
				.isEqualTo(sent[Client.DOWNSTREAM.ordinal()]);
			assertThat(this.log.decodingFailures(Level.WARN)).as("seed %d", seed)
				.isEqualTo(sent[Client.MALFORMED.ordinal()] + sent[Client.TOO_LONG.ordinal()]
						+ sent[Client.LATE_GARBAGE.ordinal()]);
			assertThat(this.log.decodingFailures(Level.INFO)).as("seed %d", seed)
				.isEqualTo(sent[Client.GARBAGE.ordinal()] + sent[Client.HALF.ordinal()]);
			assertThat(recorder.downgraded).hasValue(sent[Client.GARBAGE.ordinal()] + sent[Client.HALF.ordinal()]);
		}
	}

	/**
	 * Whatever line the application or a framework writes about an error in earnest: the
	 * same ones as without the starter, with the same levels.
	 */
	@ParameterizedTest
	@EnumSource
	void everyLineAboutARealErrorIsTheOneWithoutTheStarter(Transport transport) throws Exception {
		Map<Failure, List<String>> before = lines(transport, false);
		Map<Failure, List<String>> after = lines(transport, true);
		assertThat(after).isEqualTo(before);
		assertThat(before).allSatisfy((failure, lines) -> assertThat(lines).as(failure.name()).isNotEmpty());
		assertThat(before.values().stream().flatMap(List::stream)).anyMatch((line) -> line.contains("io.netty."))
			.anyMatch((line) -> line.contains("reactor.netty."))
			.anyMatch((line) -> line.contains("app."));
	}

	private static Map<Failure, List<String>> lines(Transport transport, boolean starter) throws Exception {
		Map<Failure, List<String>> lines = new EnumMap<>(Failure.class);
		for (boolean http2 : new boolean[] { false, true }) {
			try (TestServer server = TestServer.on(transport)
				.workers(1)
				.property("websocket-keepalive.enabled", starter)
				.property("server.http2.enabled", http2)
				.start(Routes.class, Recorder.class)) {
				for (Failure failure : Failure.values()) {
					if (failure.http2 == http2) {
						Appender log = new Appender();
						try (Log attached = new Log(log)) {
							failure.act.on(server.port());
							await(failure.name()).atMost(PATIENCE).until(() -> log.events.size() >= failure.lines);
						}
						lines.put(failure, log.lines());
					}
				}
				assertThat(server.bean(Recorder.class).downgraded).hasValue(0);
			}
		}
		return lines;
	}

	@ParameterizedTest
	@EnumSource
	void theTlsFailureOfAClientThatLaterSucceedsIsLoggedAtItsLevel(Transport transport) throws Exception {
		try (TestServer server = TestServer.on(transport)
			.property("server.ssl.key-store", SelfSignedKeyStore.in(keys).toString())
			.property("server.ssl.key-store-password", SelfSignedKeyStore.PASSWORD)
			.property("server.http2.enabled", true)
			.start(Routes.class, Recorder.class); Log log = new Log(this.log)) {
			assertThat(secure(server.port(), "127.0.0.3", false)).isFalse();
			assertThat(secure(server.port(), "127.0.0.4", false)).isFalse();
			await().atMost(PATIENCE).until(() -> server.bean(Recorder.class).probes.get() == 2);
			assertThat(this.log.handshakeFailures()).isEmpty();
			assertThat(secure(server.port(), "127.0.0.3", true)).isTrue();
			await().atMost(PATIENCE).until(() -> !this.log.handshakeFailures().isEmpty());
			assertThat(this.log.handshakeFailures()).allMatch((line) -> line.contains("127.0.0.3"));
			int before = this.log.handshakeFailures().size();
			assertThat(secure(server.port(), "127.0.0.3", false)).isFalse();
			await().atMost(PATIENCE).until(() -> this.log.handshakeFailures().size() > before);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aResetOfAWebSocketThatOnlyPushesIsDowngraded(Transport transport) throws Exception {
		try (TestServer server = TestServer.on(transport).heartbeat("100ms", "20s").start(Routes.class, Recorder.class);
				Log log = new Log(this.log)) {
			try (RawClient client = RawClient.connect(server.port(), "/push")) {
				client.read();
				client.reset();
			}
			await().atMost(PATIENCE).until(() -> server.connections().count() == 0);
			assertThat(this.log.events).noneMatch((event) -> event.getLevel().isGreaterOrEqual(Level.WARN));
		}
	}

	@Test
	void theSameResetIsAnErrorWithoutTheStarter() throws Exception {
		try (TestServer server = TestServer.on(Transport.EPOLL)
			.property("websocket-keepalive.probe.enabled", false)
			.heartbeat("100ms", "20s")
			.start(Routes.class); Log log = new Log(this.log)) {
			try (RawClient client = RawClient.connect(server.port(), "/push")) {
				client.read();
				client.reset();
			}
			await().atMost(PATIENCE)
				.until(() -> this.log.events.stream().anyMatch((event) -> event.getLevel() == Level.ERROR));
		}
	}

	private static boolean secure(int port, String from, boolean trust) throws Exception {
		SSLContext context = SSLContext.getInstance("TLS");
		TrustManager[] all = InsecureTrustManagerFactory.INSTANCE.getTrustManagers();
		context.init(null, trust ? all : null, null);
		try (Socket socket = new Socket()) {
			socket.bind(new InetSocketAddress(from, 0));
			socket.connect(new InetSocketAddress("127.0.0.1", port));
			SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", port, true);
			secure.startHandshake();
			secure.getOutputStream().write("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes());
			return secure.getInputStream().read() >= 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * One connection.
	 */
	private enum Client {

		EMPTY((port) -> {
			try (RawClient client = RawClient.connectOnly(port, 0)) {
				client.reset();
			}
		}),

		GARBAGE((port) -> talk(port, "\1\2\3garbage\r\n\r\n")),

		HALF((port) -> {
			try (RawClient client = RawClient.connectOnly(port, 0)) {
				client.send("GET / HTTP/1.1\r\nHost: loc");
			}
		}),

		GOOD((port) -> talk(port, "GET /good HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")),

		DOWNSTREAM((port) -> talk(port, "GET /downstream HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")),

		MALFORMED((port) -> talk(port, "GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n")),

		TOO_LONG((port) -> talk(port, "GET /" + "x".repeat(5000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n")),

		LATE_GARBAGE((port) -> talk(port, "GET /good HTTP/1.1\r\nHost: localhost\r\n\r\n", "\1\2 garbage\r\n\r\n")),

		BODY((port) -> {
			try (RawClient client = RawClient.connectOnly(port, 0)) {
				client.send("POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf");
				client.readResponse();
				client.reset();
			}
		});

		private final Act act;

		Client(Act act) {
			this.act = act;
		}

		private static void talk(int port, String... requests) throws IOException {
			try (RawClient client = RawClient.connectOnly(port, 0)) {
				for (String request : requests) {
					client.send(request);
					client.readResponse();
				}
			}
		}

	}

	/**
	 * Something that goes wrong on a connection that has asked for something.
	 */
	private enum Failure {

		DOWNSTREAM(1, Client.DOWNSTREAM.act),

		FAILING(1, (port) -> Client.talk(port, "GET /failing HTTP/1.1\r\nHost: localhost\r\n\r\n")),

		FAILING_LATE(1, (port) -> Client.talk(port, "GET /failing-late HTTP/1.1\r\nHost: localhost\r\n\r\n")),

		MALFORMED(1, Client.MALFORMED.act),

		TOO_LONG(1, Client.TOO_LONG.act),

		LATE_GARBAGE(1, Client.LATE_GARBAGE.act),

		BODY(3, Client.BODY.act),

		BODY_LOGGED_BY_NETTY(3, (port) -> body(port, "/body-logged-by-netty")),

		BODY_LOGGED_BY_REACTOR_NETTY(3, (port) -> body(port, "/body-logged-by-reactor-netty")),

		WEB_SOCKET_DOWNSTREAM(1, (port) -> {
			try (RawClient client = RawClient.connect(port, "/downstream-of-push")) {
				client.isClosedByServer();
			}
		}),

		BODY_ON_A_STREAM(true, 2, (port) -> {
			try (Http2Client client = Http2Client.post(port, "/body")) {
				client.reset();
			}
		}),

		BODY_ON_A_STREAM_AFTER_A_WEB_SOCKET(true, 2, (port) -> {
			try (Http2Client client = Http2Client.connect(port, false, "/echo", false)) {
				client.sendClose(1000, "bye");
				client.awaitClosed();
				client.postOnAnotherStream("/body");
				client.reset();
			}
		});

		private final boolean http2;

		private final int lines;

		private final Act act;

		Failure(int lines, Act act) {
			this(false, lines, act);
		}

		Failure(boolean http2, int lines, Act act) {
			this.http2 = http2;
			this.lines = lines;
			this.act = act;
		}

		private static void body(int port, String path) throws IOException {
			try (RawClient client = RawClient.connectOnly(port, 0)) {
				client.send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf");
				client.readResponse();
				client.reset();
			}
		}

	}

	@FunctionalInterface
	private interface Act {

		void on(int port) throws Exception;

	}

	@Configuration(proxyBeanMethods = false)
	static class Routes {

		private static final org.slf4j.Logger downstream = LoggerFactory.getLogger("app.Downstream");

		private static final org.slf4j.Logger body = LoggerFactory.getLogger("app.Body");

		private static final org.slf4j.Logger NETTY = LoggerFactory.getLogger("io.netty.handler.logging.Some");

		private static final org.slf4j.Logger REACTOR_NETTY = LoggerFactory.getLogger("reactor.netty.http.server.Some");

		private static Publisher<Void> receiving(HttpServerRequest request, HttpServerResponse response,
				org.slf4j.Logger logger) {
			return response.sendHeaders()
				.then(request.receive().doOnError((failure) -> logger.error("lost", failure)).then());
		}

		@Bean
		PlainWebSocketMapping handlers() {
			WebSocketHandler echo = (session) -> session.send(session.receive().doOnNext(WebSocketMessage::retain));
			return new PlainWebSocketMapping(Map.of("/echo", echo));
		}

		@Bean
		@Order(Ordered.LOWEST_PRECEDENCE)
		WebServerFactoryCustomizer<NettyReactiveWebServerFactory> extendedConnect() {
			return (factory) -> factory.addServerCustomizers(
					(server) -> server.http2Settings((settings) -> settings.connectProtocolEnabled(true)));
		}

		@Bean
		NettyRouteProvider routes() {
			return (routes) -> routes.get("/good", (request, response) -> response.sendString(Mono.just("good")))
				.get("/downstream", (request, response) -> {
					downstream.error("lost", new IOException("Connection reset by peer"));
					return response.sendString(Mono.just("bad"));
				})
				.post("/body",
						(request, response) -> response.sendHeaders()
							.then(request.receive()
								.asString(StandardCharsets.UTF_8)
								.doOnError((failure) -> body.error("lost", failure))
								.then()))
				.get("/failing", (request, response) -> Mono.error(new IOException("disk full")))
				.get("/failing-late",
						(request, response) -> response
							.sendString(Flux.just("x").concatWith(Mono.error(new IOException("Connection timed out")))))
				.post("/body-logged-by-netty", (request, response) -> receiving(request, response, NETTY))
				.post("/body-logged-by-reactor-netty",
						(request, response) -> receiving(request, response, REACTOR_NETTY))
				.ws("/downstream-of-push",
						(in, out) -> out.sendString(Flux.<String>error(new IOException("Connection reset by peer"))
							.doOnError((failure) -> downstream.error("lost", failure))))
				.ws("/push", (in, out) -> out.sendString(Flux.just("x").concatWith(Mono.never())));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Recorder implements ProbeListener {

		private final AtomicInteger probes = new AtomicInteger();

		private final AtomicInteger downgraded = new AtomicInteger();

		@Override
		public void onProbe(Probe probe) {
			this.probes.incrementAndGet();
		}

		@Override
		public void onDowngraded(String logger) {
			this.downgraded.incrementAndGet();
		}

	}

	private static final class Log implements AutoCloseable {

		private static final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

		private final Appender appender;

		Log(Appender appender) {
			this.appender = appender;
			appender.start();
			root.addAppender(appender);
		}

		@Override
		public void close() {
			root.detachAppender(this.appender);
		}

	}

	private static final class Appender extends AppenderBase<ILoggingEvent> {

		private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

		@Override
		protected void append(ILoggingEvent event) {
			if (event.getLevel().isGreaterOrEqual(Level.WARN) || event.getMessage().contains("Decoding failed")) {
				this.events.add(event);
			}
		}

		long count(String logger, Level level) {
			return this.events.stream()
				.filter((event) -> event.getLoggerName().equals(logger) && event.getLevel() == level)
				.count();
		}

		long decodingFailures(Level level) {
			return this.events.stream()
				.filter((event) -> event.getMessage().contains("Decoding failed") && event.getLevel() == level)
				.count();
		}

		List<String> lines() {
			return this.events.stream()
				.map((event) -> event.getLevel() + " " + event.getLoggerName() + " "
						+ event.getFormattedMessage().replaceAll("\\[[^]]*]", "[]"))
				.sorted()
				.toList();
		}

		List<String> handshakeFailures() {
			return this.events.stream()
				.filter((event) -> event.getLoggerName().endsWith("ApplicationProtocolNegotiationHandler"))
				.map(ILoggingEvent::getFormattedMessage)
				.toList();
		}

	}

}
