package io.github.websocketkeepalive.fault;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import reactor.core.publisher.Mono;
import reactor.netty.ConnectionObserver;
import reactor.netty.http.server.HttpServer;

import io.github.websocketkeepalive.admission.AdmissionDecision;
import io.github.websocketkeepalive.admission.AdmissionPolicy;
import io.github.websocketkeepalive.admission.AdmissionRequest;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that all connect at once and obey the delays that they are told.
 */
@Tag("load")
class HandshakeStormTests {

	private static final int CLIENTS = 2000;

	private static final int RATE = 200;

	private static final int BURST = 20;

	private static final long RATE_NANOS = TimeUnit.SECONDS.toNanos(CLIENTS / RATE);

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	@ParameterizedTest
	@EnumSource
	void aStormReturnsAsOneEvenLineAndDisturbsNobody(Transport transport) throws Exception {
		long ideal = Math.max(RATE_NANOS, nanosWithoutLimit(transport));
		try (TestServer server = server(transport).property("websocket-keepalive.admission.handshakes-per-second", RATE)
			.start(Admissions.class); RawClient early = RawClient.connect(server.port(), "/echo")) {
			long quiet = medianEchoNanos(early, () -> true);
			try (Storm storm = new Storm(server.port())) {
				long start = System.nanoTime();
				storm.begin();
				long stormy = medianEchoNanos(early, () -> storm.connected.get() == CLIENTS);
				await().atMost(PATIENCE).until(() -> storm.connected.get() == CLIENTS);
				double took = (double) (System.nanoTime() - start) / ideal;
				double attempts = (double) storm.attempts.get() / CLIENTS;
				System.out.printf(
						"storm on %s: %.2f attempts, %.2f x ideal, %d in the worst second, echo %d -> %d us%n",
						transport, attempts, took, server.bean(Admissions.class).mostInASecond(), quiet / 1000,
						stormy / 1000);
				assertThat(server.bean(Admissions.class).count()).isEqualTo(CLIENTS + 1);
				assertThat(server.bean(Admissions.class).mostInASecond()).isBetween(RATE / 2L, (long) RATE + BURST);
				assertThat(attempts).isLessThanOrEqualTo(2.2);
				assertThat(took).isLessThanOrEqualTo(1.3);
				assertThat(stormy).isLessThanOrEqualTo(3 * quiet);
			}
		}
	}

	// What this machine is able to at present.
	private static long nanosWithoutLimit(Transport transport) {
		try (TestServer server = server(transport).start(); Storm storm = new Storm(server.port())) {
			long start = System.nanoTime();
			storm.begin();
			await().atMost(PATIENCE).until(() -> storm.connected.get() == CLIENTS);
			return System.nanoTime() - start;
		}
	}

	private static TestServer.Builder server(Transport transport) {
		return TestServer.on(transport)
			.property("websocket-keepalive.echo.path", "/echo")
			.property("websocket-keepalive.logging.lifecycle-level", "off");
	}

	private static long medianEchoNanos(RawClient client, BooleanSupplier over) throws Exception {
		List<Long> times = new ArrayList<>();
		for (int i = 0; i < 2000 || (i < 20_000 && !over.getAsBoolean()); i++) {
			long start = System.nanoTime();
			client.sendText("echo");
			client.read(RawClient.TEXT);
			times.add(System.nanoTime() - start);
			TimeUnit.MICROSECONDS.sleep(500);
		}
		times.sort(null);
		return times.get(times.size() / 2);
	}

	/**
	 * Clients that do nothing but to connect.
	 */
	private static final class Storm implements AutoCloseable {

		private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

		private final AtomicInteger attempts = new AtomicInteger();

		private final AtomicInteger connected = new AtomicInteger();

		private final Bootstrap bootstrap;

		Storm(int port) {
			this.bootstrap = new Bootstrap().group(this.group)
				.channel(NioSocketChannel.class)
				.remoteAddress(new InetSocketAddress("localhost", port))
				.handler(new ChannelInitializer<>() {

					@Override
					protected void initChannel(Channel channel) {
						channel.pipeline().addLast(new Attempt());
					}

				});
		}

		void begin() {
			for (int i = 0; i < CLIENTS; i++) {
				this.bootstrap.connect();
			}
		}

		@Override
		public void close() {
			this.group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
		}

		private final class Attempt extends SimpleChannelInboundHandler<ByteBuf> {

			private boolean answered;

			@Override
			public void channelActive(ChannelHandlerContext context) {
				Storm.this.attempts.incrementAndGet();
				context.writeAndFlush(Unpooled.copiedBuffer(RawClient.handshake("/echo"), StandardCharsets.US_ASCII));
			}

			@Override
			protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
				if (this.answered) {
					return;
				}
				this.answered = true;
				String response = bytes.toString(StandardCharsets.US_ASCII);
				if (response.startsWith("HTTP/1.1 101")) {
					Storm.this.connected.incrementAndGet();
				}
				else {
					long delay = Arrays.stream(response.split("\r\n"))
						.filter((line) -> line.toLowerCase(Locale.ROOT).startsWith("retry-after-ms: "))
						.mapToLong((line) -> Long.parseLong(line.substring(16)))
						.findFirst()
						.orElseThrow();
					context.close();
					context.executor().schedule(() -> Storm.this.bootstrap.connect(), delay, TimeUnit.MILLISECONDS);
				}
			}

		}

	}

	/**
	 * When the server let clients in: after their request had come and before a policy
	 * was asked, so that a count of those of one second has no error.
	 */
	static final class Admissions implements AdmissionPolicy, NettyServerCustomizer {

		private final Map<SocketAddress, Long> arrivals = new ConcurrentHashMap<>();

		private final ConcurrentLinkedQueue<Admission> admissions = new ConcurrentLinkedQueue<>();

		@Override
		public HttpServer apply(HttpServer server) {
			return server.childObserve((connection, state) -> {
				if (state == ConnectionObserver.State.CONFIGURED) {
					this.arrivals.put(connection.channel().remoteAddress(), System.nanoTime());
				}
			});
		}

		@Override
		public Mono<AdmissionDecision> decide(AdmissionRequest request) {
			long arrival = this.arrivals.get(request.remoteAddress());
			this.admissions.add(new Admission(arrival, System.nanoTime()));
			return Mono.empty();
		}

		int count() {
			return this.admissions.size();
		}

		long mostInASecond() {
			return this.admissions.stream().mapToLong((first) -> inTheSecondFrom(first.after)).max().orElse(0);
		}

		private long inTheSecondFrom(long start) {
			long end = start + TimeUnit.SECONDS.toNanos(1);
			return this.admissions.stream()
				.filter((admission) -> admission.after >= start && admission.before < end)
				.count();
		}

	}

	private record Admission(long after, long before) {
	}

}
