package io.github.websocketkeepalive.contract;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.ref.Reference;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import org.awaitility.Awaitility;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.netty.http.server.ProxyProtocolSupportType;

import io.github.websocketkeepalive.probe.Probe;
import io.github.websocketkeepalive.probe.ProbeListener;
import io.github.websocketkeepalive.test.SelfSignedKeyStore;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

/**
 * Sends every kind of probe to every kind of server and reports what is logged, whatever
 * writes the log: what stands on the console counts.
 */
public final class ProbeMatrix {

	static final String REPORT = "cell: ";

	private static final String PATTERN = "line:%level|%logger|%msg%n";

	private static final List<String> NOISY = List.of("io.netty.handler.ssl.ApplicationProtocolNegotiationHandler",
			"io.netty.channel.DefaultChannelPipeline", "reactor.netty.http.server.HttpServerOperations",
			"reactor.netty.transport.ServerTransport");

	private final ByteArrayOutputStream output = new ByteArrayOutputStream();

	private final Path keys;

	private final boolean starter;

	ProbeMatrix(Path keys, boolean starter) {
		this.keys = keys;
		this.starter = starter;
	}

	/**
	 * Run in a process of its own, which prints the report.
	 */
	public static void main(String[] args) throws Exception {
		for (Line line : new ProbeMatrix(Path.of(args[0]), Boolean.parseBoolean(args[1])).run()) {
			System.out.println(REPORT + line.cell() + "|" + line.level() + "|" + line.logger() + "|" + line.text());
		}
		System.exit(0);
	}

	List<Line> run() throws Exception {
		PrintStream console = System.out;
		System.setOut(new PrintStream(this.output, true, StandardCharsets.UTF_8));
		try {
			List<Line> lines = new ArrayList<>();
			for (Transport transport : Transport.values()) {
				for (Server server : Server.values()) {
					lines.addAll(run(transport, server));
				}
			}
			return lines;
		}
		finally {
			System.setOut(console);
			System.clearProperty("CONSOLE_LOG_PATTERN");
		}
	}

	private List<Line> run(Transport transport, Server server) throws Exception {
		List<Line> lines = new ArrayList<>();
		try (TestServer running = start(transport, server); Fence fence = new Fence(running.port(), server)) {
			Recorder probes = running.bean(Recorder.class);
			for (Case probe : Case.values()) {
				for (End end : End.values()) {
					if (probe.servers.contains(server)) {
						this.output.reset();
						int before = probes.seen.size();
						String cell = transport + " " + server + " " + probe + " " + end;
						probe.send(running.port(), end, fence, probes.accepted::get);
						fence.await();
						if (this.starter) {
							Awaitility.await(cell)
								.pollDelay(Duration.ZERO)
								.pollInterval(Duration.ofMillis(2))
								.atMost(Duration.ofSeconds(20))
								.until(() -> probes.seen.size() > before);
						}
						List<String> seen = probes.seen.subList(before, probes.seen.size());
						lines.add(new Line(cell, "PROBE", "", String.join(",", seen)));
						lines.addAll(parse(cell, this.output.toString(StandardCharsets.UTF_8)));
					}
				}
			}
		}
		return lines;
	}

	private static List<Line> parse(String cell, String output) {
		return output.lines()
			.filter((line) -> line.startsWith("line:"))
			.map((line) -> line.substring("line:".length()).split("\\|", 4))
			.filter((fields) -> fields.length >= 3)
			.map((fields) -> new Line(cell, fields[0].trim(), fields[1].trim(), fields[2]))
			.toList();
	}

	private TestServer start(Transport transport, Server server) throws Exception {
		TestServer.Builder builder = TestServer.on(transport)
			.workers(1)
			.property("websocket-keepalive.enabled", this.starter)
			.property("websocket-keepalive.event-loop.enabled", false)
			.property("logging.pattern.console", PATTERN);
		NOISY.forEach((logger) -> builder.property("logging.level." + logger, "debug"));
		if (server.tls) {
			builder.property("server.ssl.key-store", SelfSignedKeyStore.in(this.keys).toString())
				.property("server.ssl.key-store-password", SelfSignedKeyStore.PASSWORD)
				.property("server.http2.enabled", server == Server.TLS_H2);
		}
		return builder.start(Recorder.class, (server == Server.PROXY) ? ProxyProtocol.class : Recorder.class);
	}

	private static Socket connect(int port, String from) throws IOException {
		Socket socket = new Socket();
		socket.bind(new InetSocketAddress(from, 0));
		socket.setTcpNoDelay(true);
		socket.setSoTimeout(20_000);
		socket.connect(new InetSocketAddress("127.0.0.1", port));
		return socket;
	}

	private static SSLSocket secure(Socket socket, String protocol, boolean trust) throws Exception {
		SSLContext context = SSLContext.getInstance("TLS");
		TrustManager[] all = InsecureTrustManagerFactory.INSTANCE.getTrustManagers();
		context.init(null, trust ? all : null, null);
		SSLSocket secure = (SSLSocket) context.getSocketFactory()
			.createSocket(socket, "localhost", socket.getPort(), true);
		SSLParameters parameters = secure.getSSLParameters();
		parameters.setApplicationProtocols(new String[] { protocol });
		secure.setSSLParameters(parameters);
		secure.startHandshake();
		return secure;
	}

	/**
	 * What is probed.
	 */
	enum Server {

		/** Plain HTTP. */
		HTTP(false),

		/** HTTP/1.1 over TLS. */
		TLS(true),

		/** HTTP/1.1 and HTTP/2 over TLS. */
		TLS_H2(true),

		/** Plain HTTP behind the PROXY protocol. */
		PROXY(false);

		private final boolean tls;

		Server(boolean tls) {
			this.tls = tls;
		}

	}

	/**
	 * How a probe ends.
	 */
	enum End {

		/** In order. */
		FIN,

		/** By a reset. */
		RST

	}

	/**
	 * What a probe sends.
	 */
	enum Case {

		EMPTY("", List.of(Server.values())),

		PARTIAL_LINE("GET / HT", List.of(Server.HTTP)),

		PARTIAL_HEADERS("GET / HTTP/1.1\r\nHost: loc", List.of(Server.HTTP)),

		GARBAGE("\u0001\u0002garbage\r\n\r\n", List.of(Server.HTTP, Server.TLS, Server.TLS_H2, Server.PROXY)),

		NO_VERSION("GET /\r\n", List.of(Server.HTTP)),

		HTTP2_PREFACE("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", List.of(Server.HTTP)),

		PROXY_HEADER("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", List.of(Server.values())),

		PARTIAL_PROXY_HEADER("PROXY TC", List.of(Server.PROXY)),

		PLAIN_HTTP("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", List.of(Server.TLS, Server.TLS_H2, Server.PROXY)),

		PARTIAL_HELLO("\u0016\u0003\u0001\u0001\u0000\u0001\u0000\u0000\u00fc\u0003\u0003",
				List.of(Server.TLS, Server.TLS_H2)),

		TLS_HELLO("\u0016\u0003\u0001\u0000\u0005\u0001\r\n\r\n", List.of(Server.HTTP)),

		HANDSHAKE("", List.of(Server.TLS, Server.TLS_H2)),

		HANDSHAKE_H2("", List.of(Server.TLS_H2)),

		CERTIFICATE_REJECTED("", List.of(Server.TLS, Server.TLS_H2));

		private final String bytes;

		private final List<Server> servers;

		Case(String bytes, List<Server> servers) {
			this.bytes = bytes;
			this.servers = servers;
		}

		// From another address than clients in earnest.
		private void send(int port, End end, Fence fence, IntSupplier accepted) throws Exception {
			int before = accepted.getAsInt();
			try (Socket socket = connect(port, "127.0.0.2")) {
				Awaitility.await()
					.pollDelay(Duration.ZERO)
					.pollInterval(Duration.ofMillis(1))
					.until(() -> accepted.getAsInt() > before);
				Socket held = socket;
				switch (this) {
					case HANDSHAKE -> held = secure(socket, "http/1.1", true);
					case HANDSHAKE_H2 -> held = secure(socket, "h2", true);
					case CERTIFICATE_REJECTED -> {
						try {
							secure(socket, "http/1.1", false);
						}
						catch (IOException ex) {
							return;
						}
					}
					default -> socket.getOutputStream().write(this.bytes.getBytes(StandardCharsets.ISO_8859_1));
				}
				fence.await();
				if (end == End.RST) {
					socket.setSoLinger(true, 0);
				}
				// A socket of TLS that is collected closes the one below it.
				Reference.reachabilityFence(held);
			}
		}

	}

	/**
	 * One line of the log, or what was made of the probe.
	 *
	 * @param cell where it belongs
	 * @param level its level
	 * @param logger its logger
	 * @param text its message
	 */
	record Line(String cell, String level, String logger, String text) {

		boolean isNoise() {
			return this.level.equals("WARN") || this.level.equals("ERROR");
		}

	}

	/**
	 * A client in earnest. One event loop serves all: once it has answered this client
	 * twice, it has dealt with what came before.
	 */
	private static final class Fence implements AutoCloseable {

		private static final byte[] REQUEST = "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes();

		private final Socket socket;

		Fence(int port, Server server) throws Exception {
			Socket plain = connect(port, "127.0.0.1");
			if (server == Server.PROXY) {
				plain.getOutputStream().write("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n".getBytes());
			}
			this.socket = server.tls ? secure(plain, "http/1.1", true) : plain;
			await();
		}

		void await() throws IOException {
			for (int i = 0; i < 2; i++) {
				this.socket.getOutputStream().write(REQUEST);
				for (int end = 0; end < 4;) {
					int octet = this.socket.getInputStream().read();
					if (octet < 0) {
						throw new IOException("The server has closed the connection");
					}
					end = (octet == '\r' || octet == '\n') ? end + 1 : 0;
				}
			}
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Recorder implements ProbeListener {

		private final List<String> seen = new CopyOnWriteArrayList<>();

		private final AtomicInteger accepted = new AtomicInteger();

		// Connections are accepted by another thread than the one that serves the fence.
		@Bean
		NettyServerCustomizer accepted() {
			return (server) -> server
				.doOnChannelInit((observer, channel, remoteAddress) -> this.accepted.incrementAndGet());
		}

		@Override
		public void onProbe(Probe probe) {
			this.seen.add(probe.kind().text() + " " + probe.end().text());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ProxyProtocol {

		@Bean
		NettyServerCustomizer proxyProtocol() {
			return (server) -> server.proxyProtocol(ProxyProtocolSupportType.ON);
		}

	}

}
