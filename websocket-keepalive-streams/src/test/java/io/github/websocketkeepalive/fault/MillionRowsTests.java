package io.github.websocketkeepalive.fault;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.publisher.Flux;

import io.github.websocketkeepalive.client.reconnect.BackoffPolicy;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.liveness.PingMode;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.client.StreamClient;
import io.github.websocketkeepalive.stream.client.StreamItem;
import io.github.websocketkeepalive.stream.client.StreamSubscription;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;
import io.github.websocketkeepalive.test.ForkedServer;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Long transfers over connections that do not last.
 */
@Tag("load")
class MillionRowsTests {

	private static final int CLIENTS = 10;

	private static final int ROWS = Integer.getInteger("rows", 1_000_000);

	private static final int CUTS = ROWS / 1000;

	private static final int MEAN_BYTES_BETWEEN_CUTS = 24 * 1000;

	private static final long MORE_HEAP = 64L * 1024 * 1024;

	private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

	private static final Duration PATIENCE = Duration.ofMinutes(15);

	private final List<CuttingProxy> proxies = new ArrayList<>();

	private final List<Reader> readers = new ArrayList<>();

	@Test
	void everyRowComesOnceAndInOrderWhateverHappensToConnectionsAndServersWhoseHeapStaysSmall() throws Exception {
		long seed = Long.getLong("seed", System.nanoTime());
		System.out.println("seed: " + seed);
		Random random = new Random(seed);
		long begin = System.nanoTime();
		try (TestServer application = TestServer.on(Transport.NIO).property("logging.level.root", "ERROR").start()) {
			for (int i = 0; i < CLIENTS; i++) {
				CuttingProxy proxy = new CuttingProxy(new Random(random.nextLong()), CUTS, MEAN_BYTES_BETWEEN_CUTS);
				this.proxies.add(proxy);
				this.readers.add(new Reader(client(application, proxy)));
			}
			CompletableFuture<?> all = CompletableFuture
				.allOf(this.readers.stream().map((reader) -> reader.end).toArray(CompletableFuture<?>[]::new));
			for (double until : new double[] { 1 / 3.0, 2 / 3.0, 2 }) {
				serve(all, until);
			}
			all.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
			System.out.printf("%,d rows for each of %d clients in %d s%n", ROWS, CLIENTS,
					Duration.ofNanos(System.nanoTime() - begin).toSeconds());
			assertThat(this.readers).allSatisfy((reader) -> assertThat(reader.rows.get()).isEqualTo(ROWS));
			assertThat(this.proxies).allSatisfy((proxy) -> assertThat(proxy.total()).isGreaterThanOrEqualTo(CUTS));
			this.proxies.forEach((proxy) -> System.out.println("cuts: " + proxy.cuts()));
		}
		finally {
			for (CuttingProxy proxy : this.proxies) {
				proxy.close();
			}
		}
	}

	/**
	 * Have a server of its own process serve, and kill it.
	 * @param all completes when all clients have all rows
	 * @param until how much of the rows clients have then, from 0 to 1
	 */
	private void serve(CompletableFuture<?> all, double until) throws Exception {
		try (ForkedServer server = ForkedServer.start(Transport.EPOLL,
				List.of("-Xmx256m", "-XX:+UseSerialGC", "-Drows=" + ROWS), Server.class,
				"websocket-keepalive.heartbeat.interval=1s", "websocket-keepalive.heartbeat.timeout=1s",
				"websocket-keepalive.stream.batch-size=100", "logging.level.root=ERROR")) {
			long idle = heap(server);
			long most = idle;
			this.proxies.forEach((proxy) -> proxy.target(server.port()));
			while (progress() < until && !isDone(all)) {
				most = Math.max(most, heap(server));
			}
			System.out.printf("heap of the server: %.1f MB idle, %.1f MB at most until %.0f %% of the rows%n",
					idle / 1e6, most / 1e6, 100 * progress());
			assertThat(most - idle).isLessThan(MORE_HEAP);
		}
		finally {
			this.proxies.forEach((proxy) -> proxy.target(0));
		}
	}

	private static boolean isDone(CompletableFuture<?> all) throws Exception {
		try {
			all.get(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
	}

	private double progress() {
		return this.readers.stream().mapToInt((reader) -> reader.rows.get()).average().orElseThrow() / ROWS;
	}

	private static long heap(ForkedServer server) {
		server.suffer(HeapReport.class);
		List<String> reports = server.lines(HeapReport.HEAP);
		return Long.parseLong(reports.get(reports.size() - 1).substring(HeapReport.HEAP.length()));
	}

	private static StreamClient client(TestServer application, CuttingProxy proxy) {
		LivenessPolicy heartbeat = LivenessPolicy.of(PingMode.ALWAYS, Duration.ofMillis(100), Duration.ofMillis(200),
				Duration.ofMillis(200), Duration.ofSeconds(1));
		return application.bean(StreamClient.Builder.class)
			.uri(proxy.uri("/rows"))
			.client((client) -> client.heartbeat(heartbeat)
				.handshakeTimeout(Duration.ofSeconds(1))
				.backoff(new BackoffPolicy(Duration.ofMillis(5), Duration.ofMillis(200), Duration.ZERO)))
			.build();
	}

	/**
	 * Whoever wants all rows.
	 */
	private static final class Reader {

		private final AtomicInteger rows = new AtomicInteger();

		private final CompletableFuture<Void> end;

		Reader(StreamClient client) {
			this.end = client.items(StreamSubscription.of("rows", Row.class)).doOnNext(this::read).then().toFuture();
		}

		private void read(StreamItem<Row> item) {
			int expected = this.rows.getAndIncrement();
			if (item.offset() != expected || !item.value().equals(Row.of(expected))) {
				throw new IllegalStateException(item + " in place of row " + expected);
			}
		}

	}

	/**
	 * A row of the source.
	 */
	record Row(int number, String name) {

		static Row of(int number) {
			return new Row(number, "row " + number);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Server {

		@Bean
		@WebSocketMapping("/rows")
		WebSocketHandler handler(StreamWebSocketHandler.Builder streams) {
			return streams.build();
		}

		@Bean
		ReplayableSource<Row> rows() {
			return (request, offset) -> Flux.generate(() -> (int) offset, (number, sink) -> {
				if (number < ROWS) {
					sink.next(Row.of(number));
				}
				else {
					sink.complete();
				}
				return number + 1;
			});
		}

	}

	/**
	 * Tells how much of the heap is used, after all garbage is collected.
	 */
	static class HeapReport implements Runnable {

		private static final String HEAP = "heap: ";

		@Override
		public void run() {
			System.gc();
			System.out.println(HEAP + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
		}

	}

}
