package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.StreamException;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.StreamPeer;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How far sources are ahead of their clients, and how streams of one connection get
 * along.
 */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith(LeakDetection.class)
class StreamFlowTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final int BATCH_SIZE = 10;

	private static final int WINDOW = 4;

	private static TestServer server;

	@Parameter
	private Transport transport;

	@BeforeParameterizedClassInvocation
	static void start(Transport transport) {
		server = TestServer.on(transport)
			.property("websocket-keepalive.stream.batch-size", BATCH_SIZE)
			.property("websocket-keepalive.stream.batch-bytes", "1KB")
			.property("websocket-keepalive.stream.window", WINDOW)
			.start(Sources.class);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		server.close();
	}

	@BeforeEach
	void reset() {
		await().atMost(PATIENCE).until(() -> server.connections().count() == 0);
		Sources.asked.clear();
		Sources.cancelled.clear();
	}

	@Test
	void aSourceIsAskedForAWindowOfRowsAndForNoMoreUntilTheyAreAcknowledged() throws IOException {
		try (StreamPeer peer = connect()) {
			peer.open("s1", "counting");
			peer.read("opened");
			long rows = 0;
			while (rows < WINDOW * BATCH_SIZE) {
				rows += peer.read("batch").get("items").size();
			}
			peer.ping();
			assertThat(Sources.asked.get("counting")).hasValue(WINDOW * BATCH_SIZE);
			peer.ack("s1", 17);
			JsonNode batch = peer.read("batch");
			assertThat(batch.get("items").size()).isEqualTo(BATCH_SIZE);
			peer.ping();
			assertThat(Sources.asked.get("counting")).hasValue(WINDOW * BATCH_SIZE + BATCH_SIZE);
			peer.ack(batch);
			for (int i = 0; i < WINDOW; i++) {
				assertThat(peer.read("batch").get("items").size()).isEqualTo(BATCH_SIZE);
			}
			peer.ping();
			assertThat(Sources.asked.get("counting")).hasValue(2 * WINDOW * BATCH_SIZE + BATCH_SIZE);
		}
	}

	@Test
	void aSourceWhoseRowsComeLaterIsAskedForFewBecauseNobodyKnowsWhatTheyWeigh() throws IOException {
		try (StreamPeer peer = connect()) {
			openPushing(peer);
			await().atMost(PATIENCE).untilAsserted(() -> assertThat(Sources.asked.get("pushing")).hasValue(8));
			for (int row = 0; row < 4; row++) {
				Sources.pushed.tryEmitNext(row);
				peer.read("batch");
			}
			peer.ping();
			await().atMost(PATIENCE).untilAsserted(() -> assertThat(Sources.asked.get("pushing")).hasValue(12));
		}
	}

	@Test
	void atNoTimeIsASourceAheadByMoreThanAWindow() throws IOException {
		try (StreamPeer peer = connect()) {
			peer.open("s1", "elsewhere");
			long acknowledged = 0;
			while (acknowledged < 1000) {
				JsonNode batch = peer.read("batch");
				acknowledged += batch.get("items").size();
				assertThat(Sources.asked.get("elsewhere").get())
					.isLessThanOrEqualTo(batch.get("offset").asLong() + WINDOW * BATCH_SIZE);
				peer.ack(batch);
			}
		}
	}

	@Test
	void rowsThatComeWhileTheWindowIsFullGatherIntoLargerBatches() throws IOException {
		try (StreamPeer peer = connect()) {
			openPushing(peer);
			for (int i = 0; i < WINDOW; i++) {
				Sources.pushed.tryEmitNext(i);
				assertThat(peer.read("batch").get("items").size()).isEqualTo(1);
			}
			for (int i = WINDOW; i < WINDOW + 8; i++) {
				Sources.pushed.tryEmitNext(i);
			}
			peer.ping();
			peer.ack("s1", 1);
			JsonNode batch = peer.read("batch");
			assertThat(batch.get("offset").asLong()).isEqualTo(WINDOW);
			assertThat(batch.get("items").size()).isEqualTo(8);
		}
	}

	@Test
	void rowsThatGrowTooLargeForABatchComeInOrderWithTheNext() throws IOException {
		try (StreamPeer peer = connect()) {
			peer.open("s1", "growing");
			int next = 0;
			while (next < Sources.GROWING) {
				JsonNode batch = peer.read("batch");
				assertThat(batch.get("offset").asInt()).isEqualTo(next);
				for (JsonNode row : batch.get("items")) {
					assertThat(row.asString()).isEqualTo(Sources.growing(next++));
				}
				peer.ack(batch);
			}
			peer.read("end");
		}
	}

	@Test
	void streamsTakeTurns() throws IOException {
		try (StreamPeer peer = connect()) {
			for (String stream : List.of("s1", "s2")) {
				peer.open(stream, "counting");
				for (long rows = 0; rows < WINDOW * BATCH_SIZE;) {
					rows += peer.read("batch").get("items").size();
				}
			}
			String acknowledgement = "{\"type\":\"ack\",\"stream\":\"%s\",\"offset\":40}";
			byte[] first = frame(acknowledgement.formatted("s1"));
			byte[] second = frame(acknowledgement.formatted("s2"));
			peer.raw().send(ByteBuffer.allocate(first.length + second.length).put(first).put(second).array());
			for (int turn = 0; turn < WINDOW; turn++) {
				assertThat(peer.read("batch").get("stream").asString()).isEqualTo("s1");
				assertThat(peer.read("batch").get("stream").asString()).isEqualTo("s2");
			}
		}
	}

	private static byte[] frame(String text) {
		return RawClient.frame(true, RawClient.TEXT, text.getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void aStreamThatFailsOrIsCancelledOrSlowDisturbsNoOther() throws IOException {
		try (StreamPeer peer = connect()) {
			peer.open("slow", "counting");
			peer.open("cancelled", "elsewhere");
			peer.open("failing", "failing");
			peer.open("good", "finite");
			peer.cancel("cancelled");
			long rows = 0;
			boolean failed = false;
			JsonNode slow = null;
			JsonNode frame = peer.read();
			while (!failed || rows < 500) {
				String stream = frame.path("stream").asString("");
				failed |= frame.get("type").asString().equals("error") && stream.equals("failing");
				boolean batch = frame.get("type").asString().equals("batch");
				slow = (batch && stream.equals("slow")) ? frame : slow;
				if (batch && stream.equals("good")) {
					rows += frame.get("items").size();
					peer.ack(frame);
				}
				frame = peer.read();
			}
			assertThat(frame.get("type").asString()).isEqualTo("end");
			await().atMost(PATIENCE).until(() -> Sources.cancelled.contains("elsewhere"));
			while (slow == null) {
				JsonNode batch = peer.read("batch");
				slow = batch.get("stream").asString().equals("slow") ? batch : null;
			}
			peer.ack(slow);
			assertThat(peer.read("batch").get("stream").asString()).isEqualTo("slow");
		}
	}

	@Test
	void aConnectionThatEndsCancelsEverySource() throws IOException {
		StreamPeer gone = connect();
		StreamPeer reset = connect();
		StreamPeer leaving = connect();
		for (StreamPeer peer : List.of(gone, reset, leaving)) {
			peer.open("s1", "counting");
			peer.open("s2", "elsewhere");
			peer.open("s3", "never");
			peer.read("batch");
		}
		gone.close();
		reset.raw().reset();
		leaving.raw().send(new byte[] { (byte) 0x88, (byte) 0x80, 0, 0, 0, 0 });
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(Sources.cancelled).filteredOn("counting"::equals).hasSize(3));
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(Sources.cancelled).filteredOn("elsewhere"::equals).hasSize(3));
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(Sources.cancelled).filteredOn("never"::equals).hasSize(3));
		leaving.close();
	}

	private static void openPushing(StreamPeer peer) throws IOException {
		Sources.pushed = Sinks.many().unicast().onBackpressureBuffer();
		peer.open("s1", "pushing");
		peer.read("opened");
	}

	private static StreamPeer connect() throws IOException {
		return StreamPeer.connect(server.port(), "/ws/streams");
	}

	@Configuration(proxyBeanMethods = false)
	static class Sources {

		private static final int GROWING = 100;

		private static final Map<String, AtomicLong> asked = new ConcurrentHashMap<>();

		private static final List<String> cancelled = new CopyOnWriteArrayList<>();

		private static Sinks.Many<Integer> pushed;

		@Bean
		@WebSocketMapping("/ws/streams")
		WebSocketHandler streams(StreamWebSocketHandler.Builder streams) {
			return streams.build();
		}

		@Bean
		ReplayableSource<Integer> counting() {
			return (request, offset) -> watched("counting", Flux.range(0, 1_000_000));
		}

		@Bean
		ReplayableSource<Integer> elsewhere() {
			return (request, offset) -> watched("elsewhere", Flux.range(0, 1_000_000).publishOn(Schedulers.parallel()));
		}

		@Bean
		ReplayableSource<Integer> finite() {
			return (request, offset) -> Flux.range(0, 500);
		}

		@Bean
		ReplayableSource<String> growing() {
			return (request, offset) -> Flux.range(0, GROWING).map(Sources::growing);
		}

		static String growing(int row) {
			return row + "x".repeat((row < 3 * BATCH_SIZE) ? 1 : 400);
		}

		@Bean
		ReplayableSource<Integer> never() {
			return (request, offset) -> watched("never", Flux.never());
		}

		@Bean
		ReplayableSource<Integer> failing() {
			return (request, offset) -> Flux.range(0, 20)
				.publishOn(Schedulers.parallel())
				.concatWith(Flux.error(new StreamException("broken", "It broke.")));
		}

		@Bean
		ReplayableSource<Integer> pushing() {
			return (request, offset) -> watched("pushing", pushed.asFlux());
		}

		private static Flux<Integer> watched(String name, Flux<Integer> rows) {
			AtomicLong count = new AtomicLong();
			asked.put(name, count);
			return rows.doOnRequest(count::addAndGet).doOnCancel(() -> cancelled.add(name));
		}

	}

}
