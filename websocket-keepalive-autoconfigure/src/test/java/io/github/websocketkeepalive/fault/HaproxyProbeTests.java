package io.github.websocketkeepalive.fault;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.netty.http.server.ProxyProtocolSupportType;

import io.github.websocketkeepalive.probe.Probe;
import io.github.websocketkeepalive.probe.ProbeListener;
import io.github.websocketkeepalive.test.LiveClients;
import io.github.websocketkeepalive.test.SelfSignedKeyStore;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The health checks of a real HAProxy beside clients in earnest.
 */
@Tag("slow")
class HaproxyProbeTests {

	private static final Duration PROBING = Duration.ofSeconds(20);

	private static final int TOLERANCE = 2;

	@TempDir
	static Path directory;

	@Test
	void itsChecksAreCountedAndSilentAndDisturbNobody() throws Exception {
		Assumptions.assumeTrue(isInstalled(), "no haproxy");
		Noise noise = new Noise();
		Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
		try (TestServer plain = plain().start(Recorder.class);
				TestServer tls = plain().property("server.ssl.key-store", SelfSignedKeyStore.in(directory).toString())
					.property("server.ssl.key-store-password", SelfSignedKeyStore.PASSWORD)
					.property("server.http2.enabled", true)
					.start(Recorder.class);
				TestServer proxied = plain().start(Recorder.class, ProxyProtocol.class);
				LiveClients clients = LiveClients.connect(100, plain.uri("/echo"))) {
			noise.start();
			root.addAppender(noise);
			Path socket = directory.resolve("stats");
			Process haproxy = haproxy(socket, plain.port(), tls.port(), proxied.port());
			int sent = 0;
			try {
				long end = System.nanoTime() + PROBING.toNanos();
				while (System.nanoTime() < end) {
					clients.sendText("still here");
					sent += 100;
					TimeUnit.MILLISECONDS.sleep(200);
				}
				stopChecks(socket);
				int expected = sent;
				await().atMost(PROBING).until(() -> clients.messages() == expected);
				assertCounted(plain, Probe.Kind.EMPTY_TCP, checks(socket, "plain"));
				// A plain check resets before the handshake of TCP is complete.
				assertThat(checks(socket, "unseen")).isGreaterThan(20);
				assertCounted(tls, Probe.Kind.TLS_ONLY, checks(socket, "tls"));
				assertCounted(proxied, Probe.Kind.PROXY_ONLY, checks(socket, "proxied"));
			}
			finally {
				haproxy.destroy();
				haproxy.waitFor();
			}
			assertThat(clients.open()).isEqualTo(100);
			assertThat(noise.lines).isEmpty();
		}
		finally {
			root.detachAppender(noise);
		}
	}

	private static void assertCounted(TestServer server, Probe.Kind kind, int checks) {
		assertThat(checks).isGreaterThan(20);
		Recorder recorder = server.bean(Recorder.class);
		await(kind.text()).atMost(PROBING)
			.untilAsserted(() -> assertThat(recorder.seen).filteredOn((seen) -> seen == kind)
				.hasSizeBetween(checks - TOLERANCE, checks + TOLERANCE));
		assertThat(recorder.seen).allMatch((seen) -> seen == kind);
	}

	private static TestServer.Builder plain() {
		return TestServer.on(Transport.EPOLL)
			.property("websocket-keepalive.event-loop.enabled", false)
			.property("websocket-keepalive.echo.path", "/echo");
	}

	private static boolean isInstalled() throws InterruptedException {
		try {
			return new ProcessBuilder("haproxy", "-v").redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start()
				.waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static Process haproxy(Path socket, int plain, int tls, int proxied) throws Exception {
		Path configuration = directory.resolve("haproxy.cfg");
		int port;
		try (ServerSocket free = new ServerSocket(0)) {
			port = free.getLocalPort();
		}
		Files.writeString(configuration,
				"""
						global
						  stats socket %s mode 600 level admin
						  set-var proc.plain int(0)
						  set-var proc.unseen int(0)
						  set-var proc.tls int(0)
						  set-var proc.proxied int(0)
						defaults
						  mode tcp
						  timeout connect 5s
						  timeout client 5s
						  timeout server 5s
						frontend unused
						  bind 127.0.0.1:%d
						  default_backend plain
						""".formatted(socket, port) + backend("plain", plain, "", "linger")
						+ backend("unseen", plain, "", "") + backend("tls", tls, "check-ssl verify none", "")
						+ backend("proxied", proxied, "check-send-proxy", ""));
		return new ProcessBuilder("haproxy", "-db", "-f", configuration.toString()).redirectErrorStream(true)
			.redirectOutput(directory.resolve("haproxy.log").toFile())
			.start();
	}

	// The check of the server line, counted before it connects, because its statistics
	// count only failures, and a handshake that takes longer than the interval is cut
	// off.
	private static String backend(String name, int port, String check, String connect) {
		return """
				backend %1$s
				  option tcp-check
				  tcp-check set-var(proc.%1$s) var(proc.%1$s),add(1)
				  tcp-check connect default %4$s
				  server %1$s 127.0.0.1:%2$d check inter 200ms %3$s
				""".formatted(name, port, check, connect);
	}

	private static void stopChecks(Path socket) throws IOException {
		for (String server : List.of("plain", "unseen", "tls", "proxied")) {
			ask(socket, "disable health " + server + "/" + server);
		}
	}

	private static int checks(Path socket, String server) throws IOException {
		String answer = ask(socket, "get var proc." + server);
		return Integer.parseInt(answer.replaceAll("(?s).*<(\\d+)>.*", "$1"));
	}

	private static String ask(Path socket, String command) throws IOException {
		try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			channel.connect(UnixDomainSocketAddress.of(socket));
			channel.write(ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.US_ASCII)));
			ByteBuffer answer = ByteBuffer.allocate(1 << 18);
			while (channel.read(answer) >= 0) {
				assertThat(answer.hasRemaining()).isTrue();
			}
			return new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Recorder implements ProbeListener {

		private final List<Probe.Kind> seen = new CopyOnWriteArrayList<>();

		@Override
		public void onProbe(Probe probe) {
			this.seen.add(probe.kind());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ProxyProtocol {

		@Bean
		NettyServerCustomizer proxyProtocol() {
			return (server) -> server.proxyProtocol(ProxyProtocolSupportType.ON);
		}

	}

	private static final class Noise extends AppenderBase<ILoggingEvent> {

		private final List<String> lines = new CopyOnWriteArrayList<>();

		@Override
		protected void append(ILoggingEvent event) {
			if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
				this.lines.add(event.getLoggerName() + " " + event.getFormattedMessage());
			}
		}

	}

}
