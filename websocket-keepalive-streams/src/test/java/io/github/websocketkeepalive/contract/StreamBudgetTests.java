package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import io.netty.channel.ChannelOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.StreamPeer;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a client can make a connection hold and do for its streams.
 */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith(LeakDetection.class)
class StreamBudgetTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final int STREAMS = 100;

	private static final int SMALL_BUFFER = 16 * 1024;

	private static TestServer server;

	@Parameter
	private Transport transport;

	@BeforeParameterizedClassInvocation
	static void start(Transport transport) {
		server = TestServer.on(transport).start(Sources.class);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		server.close();
	}

	@BeforeEach
	void reset() {
		await().atMost(PATIENCE).until(() -> server.connections().count() == 0);
		Sources.emitted.clear();
	}

	@Test
	void aClientThatReadsFirstBatchesAndThenNoneHoldsLessThanAMegabyteOfRows() throws IOException {
		try (StreamPeer peer = connect(); StreamPeer other = connect()) {
			long read = 0;
			for (int stream = 0; stream < STREAMS; stream++) {
				peer.open("s" + stream, "elsewhere");
				read += peer.read("batch").get("items").size();
			}
			long unread = settled("elsewhere") - read;
			assertThat(unread * Sources.ROW.length()).isLessThan(1024 * 1024);
			other.open("s1", "finite");
			assertThat(other.readAll("s1")).isEqualTo(Sources.FINITE);
			JsonNode batch = peer.read("batch");
			peer.ack(batch);
			peer.ping();
		}
	}

	@Test
	void rowsThatSuddenlyGrowAreNotAskedForByTheThousand() throws IOException {
		try (StreamPeer peer = connect()) {
			peer.open("s1", "growing");
			long rows = 0;
			while (rows < Sources.TINY_ROWS) {
				JsonNode batch = peer.read("batch");
				rows += batch.get("items").size();
				peer.ack(batch);
			}
			await().atMost(PATIENCE).until(() -> Sources.emitted("growing").get() > Sources.TINY_ROWS);
			assertThat(settled("growing")).isBetween(Sources.TINY_ROWS + 1L, Sources.TINY_ROWS + 24L);
			while (rows < Sources.TINY_ROWS + 100) {
				JsonNode batch = peer.read("batch");
				rows += batch.get("items").size();
				peer.ack(batch);
			}
		}
	}

	@Test
	void parametersAreCountedForAllStreamsOfAConnectionUntilTheyAreCancelled() throws IOException {
		try (StreamPeer peer = connect(); StreamPeer other = connect()) {
			open(peer, "s1", 20_000);
			peer.read("opened");
			open(peer, "s2", 20_000);
			JsonNode refusal = peer.read("error");
			assertThat(refusal.get("code").asString()).isEqualTo("request-too-large");
			assertThat(refusal.get("stream").asString()).isEqualTo("s2");
			open(other, "s2", 20_000);
			other.read("opened");
			peer.cancel("s1");
			peer.read("cancelled");
			open(peer, "s2", 20_000);
			peer.read("opened");
		}
	}

	@Test
	void aNumberCountsWithAllItsDigits() throws IOException {
		String numbers = Collections.nCopies(60, "9".repeat(1000)).toString();
		try (StreamPeer peer = connect()) {
			for (String stream : List.of("s1", "s2", "s3")) {
				peer.send("{'type':'open','stream':'%s','source':'silent','request':{'numbers':%s}}".formatted(stream,
						numbers));
			}
			peer.send("{'type':'ping'}");
			List<String> refused = new ArrayList<>();
			JsonNode answer = peer.read();
			while (!answer.get("type").asString().equals("pong")) {
				if (answer.get("type").asString().equals("error")) {
					refused.add(answer.get("stream").asString() + " " + answer.get("code").asString());
				}
				answer = peer.read();
			}
			assertThat(refused).containsExactly("s3 request-too-large");
		}
	}

	@Test
	void parametersOfAStreamThatHasEndedCountUntilItsLastRowIsAcknowledged() throws IOException {
		try (StreamPeer peer = connect()) {
			peer.send("{'type':'open','stream':'s1','source':'short','request':{'text':'%s'}}"
				.formatted("x".repeat(20_000)));
			JsonNode batch = peer.read("batch");
			peer.read("end");
			open(peer, "s2", 20_000);
			assertThat(peer.read("error").get("code").asString()).isEqualTo("request-too-large");
			peer.ack(batch);
			open(peer, "s2", 20_000);
			peer.read("opened");
		}
	}

	@Test
	void aClientThatOpensAndCancelsAllTheTimeIsReadMoreSlowlyAndLosesNothing() throws IOException {
		try (StreamPeer peer = connect(); StreamPeer other = connect()) {
			long before = System.nanoTime();
			for (int time = 0; time < 4 * STREAMS; time++) {
				peer.open("s1", "silent");
				peer.cancel("s1");
			}
			other.open("s1", "finite");
			assertThat(other.readAll("s1")).isEqualTo(Sources.FINITE);
			for (int time = 0; time < 4 * STREAMS; time++) {
				peer.read("cancelled");
			}
			assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(2500));
		}
	}

	@Test
	void framesOfAClientThatOpenedTooFastAreReleasedWhenItIsGone() throws IOException {
		StreamPeer peer = connect();
		for (int time = 0; time < 4 * STREAMS; time++) {
			peer.open("s1", "silent");
			peer.cancel("s1");
		}
		await().atMost(PATIENCE)
			.until(() -> server.connections()
				.stream()
				.anyMatch((connection) -> connection.getBytesReceived() > 10_000));
		peer.raw().reset();
		await().atMost(PATIENCE).until(() -> server.connections().count() == 0);
	}

	private static void open(StreamPeer peer, String stream, int length) throws IOException {
		peer.send("{'type':'open','stream':'%s','source':'silent','request':{'text':'%s'}}".formatted(stream,
				"x".repeat(length)));
	}

	/**
	 * Await that a source emits no more.
	 * @return how many rows it has emitted
	 */
	private static long settled(String source) {
		AtomicLong emitted = Sources.emitted(source);
		AtomicLong before = new AtomicLong(-1);
		await().atMost(PATIENCE)
			.pollInterval(Duration.ofMillis(500))
			.until(() -> before.getAndSet(emitted.get()) == emitted.get());
		return emitted.get();
	}

	private static StreamPeer connect() throws IOException {
		return new StreamPeer(RawClient.connect(server.port(), "/ws/streams", SMALL_BUFFER));
	}

	@Configuration(proxyBeanMethods = false)
	static class Sources {

		private static final String ROW = "x".repeat(1024);

		private static final int TINY_ROWS = 1016;

		private static final int FINITE = 5000;

		private static final Map<String, AtomicLong> emitted = new ConcurrentHashMap<>();

		@Bean
		@WebSocketMapping("/ws/streams")
		WebSocketHandler streams(StreamWebSocketHandler.Builder streams) {
			return streams.source("elsewhere", elsewhere("elsewhere", Flux.range(0, 1_000_000).map((row) -> ROW)))
				.source("growing",
						elsewhere("growing",
								Flux.range(0, 1_000_000).map((row) -> "y".repeat((row < TINY_ROWS) ? 1 : 100_000))))
				.source("finite", elsewhere("finite", Flux.range(0, FINITE)))
				.source("short", (request, offset) -> Flux.range(0, 3))
				.source("silent", (request, offset) -> Flux.never())
				.build();
		}

		@Bean
		NettyServerCustomizer smallSendBuffer() {
			return (server) -> server.childOption(ChannelOption.SO_SNDBUF, SMALL_BUFFER);
		}

		private static <T> ReplayableSource<T> elsewhere(String name, Flux<T> rows) {
			return (request, offset) -> rows.doOnNext((row) -> emitted(name).incrementAndGet())
				.subscribeOn(Schedulers.parallel());
		}

		private static AtomicLong emitted(String source) {
			return emitted.computeIfAbsent(source, (name) -> new AtomicLong());
		}

	}

}
