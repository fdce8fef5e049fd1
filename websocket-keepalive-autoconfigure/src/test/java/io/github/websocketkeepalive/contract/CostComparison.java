package io.github.websocketkeepalive.contract;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import org.slf4j.LoggerFactory;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import reactor.core.publisher.Hooks;

import io.github.websocketkeepalive.probe.logback.LogbackNoiseFilter;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

/**
 * Compares what the same load costs servers that differ in one thing: the processor time
 * of their only event loop. All are in one process, run the same compiled code and take
 * turns of some ten milliseconds, so that whatever else the machine does falls on each
 * alike. Since two servers that differ in nothing differ by a few percent as their memory
 * happens to lie, all are started anew several times.
 */
public final class CostComparison {

	static final String REPORT = "cost: ";

	private static final int ROUNDS = 15;

	private static final Duration TURN = Duration.ofMillis(30);

	private static final Duration WARM_UP = Duration.ofMillis(500);

	private final Map<String, List<Double>> ratios = new LinkedHashMap<>();

	private final List<Variant> variants;

	private final List<Load> loads;

	private final int starts;

	private CostComparison(int starts, List<Load> loads, Variant... variants) {
		this.starts = starts;
		this.loads = loads;
		this.variants = List.of(variants);
	}

	/**
	 * Run in a process of its own, which prints the report.
	 */
	public static void main(String[] args) throws Exception {
		CostComparison comparison = args[0].equals("mdc")
				? new CostComparison(2, List.of(Load.ECHO),
						new Variant("netty", Map.of("websocket-keepalive.logging.mdc", "netty")),
						new Variant("off", Map.of("websocket-keepalive.logging.mdc", "off")),
						new Variant("auto", Map.of("websocket-keepalive.logging.mdc", "auto")))
				: new CostComparison(8, List.of(Load.values()), new Variant("on", Map.of()),
						new Variant("off", Map.of("websocket-keepalive.probe.enabled", false)),
						new Variant("absent", Map.of("websocket-keepalive.enabled", false)));
		comparison.run();
		System.exit(0);
	}

	private void run() throws Exception {
		for (int i = 0; i < this.starts; i++) {
			List<Variant> order = new ArrayList<>(this.variants);
			Collections.rotate(order, i);
			for (Variant variant : order) {
				variant.start();
			}
			for (Load load : this.loads) {
				compare(load, order);
			}
			for (Variant variant : order) {
				variant.stop();
			}
		}
		this.ratios.forEach((name, ratios) -> System.out.println(REPORT + name + "|" + Ratio.of(ratios).toText()));
	}

	private void compare(Load load, List<Variant> order) throws IOException {
		for (Variant variant : order) {
			variant.connect(load);
		}
		int repetitions = warmUp(order);
		Map<Variant, double[]> times = new HashMap<>();
		for (int round = 0; round < ROUNDS; round++) {
			Collections.reverse(order);
			for (Variant variant : order) {
				times.computeIfAbsent(variant, (key) -> new double[ROUNDS])[round] = variant.run(repetitions);
			}
		}
		for (int i = 0; i < this.variants.size(); i++) {
			for (int j = i + 1; j < this.variants.size(); j++) {
				double[] first = times.get(this.variants.get(i));
				double[] second = times.get(this.variants.get(j));
				this.ratios
					.computeIfAbsent(
							String.join("|", load.name(), this.variants.get(i).name, this.variants.get(j).name),
							(key) -> new ArrayList<>())
					.add(middle(IntStream.range(0, ROUNDS).mapToDouble((round) -> first[round] / second[round])));
			}
		}
	}

	private static int warmUp(List<Variant> variants) throws IOException {
		int repetitions = 1;
		long end = System.nanoTime() + WARM_UP.toNanos() * variants.size();
		while (System.nanoTime() < end) {
			double longest = 1;
			for (Variant variant : variants) {
				longest = Math.max(longest, variant.run(repetitions));
			}
			repetitions = (int) Math.max(1, Math.min(repetitions * 2L, repetitions * TURN.toNanos() / longest));
		}
		return repetitions;
	}

	private static double middle(DoubleStream values) {
		double[] sorted = values.sorted().toArray();
		return sorted[sorted.length / 2];
	}

	/**
	 * What the first of two costs where the second costs 1.
	 *
	 * @param median in the middle of all starts
	 * @param low with the start that was best for the first
	 * @param high with the start that was worst for the first
	 */
	record Ratio(double median, double low, double high) {

		String toText() {
			return String.format(Locale.ROOT, "%.4f|%.4f|%.4f", this.median, this.low, this.high);
		}

		static Ratio of(List<Double> ratios) {
			return new Ratio(middle(ratios.stream().mapToDouble(Double::doubleValue)), Collections.min(ratios),
					Collections.max(ratios));
		}

		static Ratio parse(String median, String low, String high) {
			return new Ratio(Double.parseDouble(median), Double.parseDouble(low), Double.parseDouble(high));
		}

	}

	/**
	 * A server.
	 */
	private static final class Variant {

		private static final LoggerContext logging = (LoggerContext) LoggerFactory.getILoggerFactory();

		private static final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

		private final String name;

		private final Map<String, Object> properties;

		private TestServer server;

		private Peer peer;

		private Load load;

		Variant(String name, Map<String, Object> properties) {
			this.name = name;
			this.properties = properties;
		}

		void start() {
			TestServer.Builder builder = TestServer.on(Transport.EPOLL).workers(1).heartbeat("1h", "1h");
			this.properties.forEach(builder::property);
			this.server = builder.start(Application.class);
		}

		void connect(Load load) throws IOException {
			if (this.peer != null) {
				this.peer.close();
			}
			this.load = load;
			// Taken note of when a connection is assembled.
			if (this.name.equals("auto")) {
				Hooks.enableAutomaticContextPropagation();
			}
			this.peer = load.connect(this.server.port());
			Hooks.disableAutomaticContextPropagation();
		}

		// The log of all servers is one: only the filter of this one is to be in it.
		double run(int repetitions) throws IOException {
			logging.getTurboFilterList().removeIf(LogbackNoiseFilter.class::isInstance);
			logging.getTurboFilterList().addAll(filters());
			long eventLoop = this.server.bean(Application.class).eventLoop;
			long start = threads.getThreadCpuTime(eventLoop);
			for (int i = 0; i < repetitions; i++) {
				this.load.run(this.peer, this.server.port());
			}
			return threads.getThreadCpuTime(eventLoop) - start;
		}

		private List<? extends TurboFilter> filters() {
			return this.server.context().getBeanProvider(LogbackNoiseFilter.class).stream().toList();
		}

		void stop() throws IOException {
			this.peer.close();
			this.peer = null;
			this.server.close();
		}

	}

	/**
	 * What the servers are given to do.
	 */
	enum Load {

		/** Short messages on one WebSocket, many at a time. */
		ECHO {

			@Override
			Peer connect(int port) throws IOException {
				Peer peer = new Peer(port);
				peer.send(RawClient.handshake("/echo").getBytes(StandardCharsets.US_ASCII));
				peer.readHead();
				byte[] frame = RawClient.frame(true, RawClient.TEXT, "x".repeat(32).getBytes());
				byte[] frames = new byte[frame.length * 64];
				for (int i = 0; i < frames.length; i++) {
					frames[i] = frame[i % frame.length];
				}
				peer.exchanges(frames, 64 * (2 + 32));
				return peer;
			}

			@Override
			void run(Peer peer, int port) throws IOException {
				peer.exchange();
			}

		},

		/** Requests on one connection, some at a time. */
		REQUESTS {

			@Override
			Peer connect(int port) throws IOException {
				Peer peer = new Peer(port);
				byte[] request = "GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
				peer.send(request);
				int length = peer.readHead() + 2;
				peer.skip(2);
				byte[] requests = new byte[request.length * 16];
				for (int i = 0; i < requests.length; i++) {
					requests[i] = request[i % request.length];
				}
				peer.exchanges(requests, 16 * length);
				return peer;
			}

			@Override
			void run(Peer peer, int port) throws IOException {
				peer.exchange();
			}

		},

		/** One request on each connection. */
		CONNECTIONS {

			private final byte[] request = "GET /ok HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
				.getBytes(StandardCharsets.US_ASCII);

			@Override
			Peer connect(int port) throws IOException {
				return new Peer(port);
			}

			@Override
			void run(Peer peer, int port) throws IOException {
				try (Peer once = new Peer(port)) {
					once.send(this.request);
					once.readHead();
					once.skip(2);
				}
			}

		};

		abstract Peer connect(int port) throws IOException;

		abstract void run(Peer peer, int port) throws IOException;

	}

	/**
	 * A client that costs little itself: it knows how long the answers are.
	 */
	private static final class Peer implements AutoCloseable {

		private final Socket socket;

		private final DataInputStream input;

		private byte[] request = new byte[0];

		private int answer;

		Peer(int port) throws IOException {
			this.socket = new Socket("localhost", port);
			this.socket.setTcpNoDelay(true);
			this.socket.setSoTimeout(30_000);
			this.input = new DataInputStream(new BufferedInputStream(this.socket.getInputStream(), 32 * 1024));
		}

		void exchanges(byte[] request, int answer) {
			this.request = request;
			this.answer = answer;
		}

		void exchange() throws IOException {
			send(this.request);
			skip(this.answer);
		}

		void send(byte[] bytes) throws IOException {
			this.socket.getOutputStream().write(bytes);
		}

		int readHead() throws IOException {
			int length = 0;
			for (int end = 0; end < 4; length++) {
				int octet = this.input.readUnsignedByte();
				end = (octet == '\r' || octet == '\n') ? end + 1 : 0;
			}
			return length;
		}

		void skip(int bytes) throws IOException {
			for (int left = bytes; left > 0;) {
				long skipped = this.input.skip(left);
				if (skipped == 0) {
					this.input.readUnsignedByte();
					skipped = 1;
				}
				left -= (int) skipped;
			}
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		private volatile long eventLoop;

		@Bean
		NettyServerCustomizer eventLoop() {
			return (server) -> server.doOnConnection((connection) -> this.eventLoop = Thread.currentThread().getId());
		}

		@Bean
		SimpleUrlHandlerMapping echo() {
			WebSocketHandler echo = (session) -> session.send(session.receive().doOnNext(WebSocketMessage::retain));
			return new SimpleUrlHandlerMapping(Map.of("/echo", echo), -1);
		}

		@Bean
		RouterFunction<ServerResponse> ok() {
			return RouterFunctions.route().GET("/ok", (request) -> ServerResponse.ok().bodyValue("ok")).build();
		}

	}

}
