package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
import org.slf4j.LoggerFactory;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.probe.Probe;
import io.github.websocketkeepalive.probe.ProbeListener;
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

	@TempDir
	static Path keys;

	private final Appender log = new Appender();

	@ParameterizedTest
	@EnumSource
	void noRealErrorIsDowngradedAmongManyProbes(Transport transport) throws Exception {
		long seed = System.nanoTime();
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

	@FunctionalInterface
	private interface Act {

		void on(int port) throws IOException;

	}

	@Configuration(proxyBeanMethods = false)
	static class Routes {

		private static final org.slf4j.Logger downstream = LoggerFactory.getLogger("app.Downstream");

		private static final org.slf4j.Logger body = LoggerFactory.getLogger("app.Body");

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

		List<String> handshakeFailures() {
			return this.events.stream()
				.filter((event) -> event.getLoggerName().endsWith("ApplicationProtocolNegotiationHandler"))
				.map(ILoggingEvent::getFormattedMessage)
				.toList();
		}

	}

}
