package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import reactor.core.publisher.Flux;
import reactor.netty.http.server.WebsocketServerSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;
import io.github.websocketkeepalive.test.Http2Client;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.StreamPeer;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Batches that are too large to be sent in one frame.
 */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith(LeakDetection.class)
class StreamFragmentTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final int ROWS = 16;

	private static final int ROW_BYTES = 1024 * 1024;

	private static TestServer server;

	@Parameter
	private Transport transport;

	@BeforeParameterizedClassInvocation
	static void start(Transport transport) {
		server = TestServer.on(transport)
			.property("websocket-keepalive.stream.batch-bytes", "32MB")
			.property("websocket-keepalive.stream.max-buffered", "128MB")
			.property("server.http2.enabled", true)
			.start(Sources.class);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		server.close();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aPingIsAnsweredWhileAHugeBatchIsOnItsWay(boolean compressed) throws IOException {
		try (RawClient client = connect(compressed)) {
			client.sendText("{\"type\":\"open\",\"stream\":\"s1\",\"source\":\"huge\"}");
			RawClient.Frame frame = client.read();
			while (frame.fin()) {
				frame = client.read();
			}
			assertThat(frame.opcode()).isEqualTo(RawClient.TEXT);
			assertThat(frame.rsv()).isEqualTo(compressed ? 4 : 0);
			client.send(RawClient.frame(true, RawClient.PING, new byte[] { 7 }));
			int before = 0;
			int after = 0;
			boolean answered = false;
			do {
				frame = client.read();
				if (frame.opcode() == RawClient.PONG) {
					assertThat(frame.payload()).containsExactly(7);
					answered = true;
				}
				else {
					assertThat(frame.opcode()).isEqualTo(RawClient.CONTINUATION);
					assertThat(frame.rsv()).isZero();
					before += answered ? 0 : 1;
					after += answered ? 1 : 0;
				}
			}
			while (!frame.fin() || frame.opcode() != RawClient.CONTINUATION);
			assertThat(answered).isTrue();
			assertThat(after).isGreaterThan(before);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whatIsPutTogetherIsWhatWasSentAndOtherStreamsFollowIt(boolean compressed) throws IOException {
		try (StreamPeer peer = new StreamPeer(connect(compressed))) {
			peer.open("s1", "huge");
			JsonNode batch = peer.read("batch");
			assertHuge(batch);
			assertThat(peer.fragments()).isGreaterThan(ROWS * ROW_BYTES / (64 * 1024));
			peer.open("s2", "small");
			assertThat(peer.read("batch").get("items").size()).isEqualTo(3);
			assertThat(peer.fragments()).isEqualTo(1);
		}
	}

	@Test
	void fragmentsTravelOverHttp2() throws Exception {
		try (Http2Client client = Http2Client.connect(server.port(), false, "/ws/streams", false)) {
			client.sendText("{\"type\":\"open\",\"stream\":\"s1\",\"source\":\"huge\"}");
			await().atMost(PATIENCE).until(() -> client.messages().stream().anyMatch((text) -> text.contains("batch")));
			assertHuge(new JsonMapper().readTree(client.messages().get(1)));
			client.sendText("{\"type\":\"ping\"}");
			await().atMost(PATIENCE).until(() -> client.messages().stream().anyMatch((text) -> text.contains("pong")));
		}
	}

	private static void assertHuge(JsonNode batch) {
		assertThat(batch.get("items").size()).isEqualTo(ROWS);
		for (int row = 0; row < ROWS; row++) {
			assertThat(batch.get("items").get(row).asString()).isEqualTo(Sources.huge(row));
		}
	}

	private static RawClient connect(boolean compressed) throws IOException {
		int receiveBufferSize = 16 * 1024;
		return compressed
				? RawClient.connect(server.port(), "/ws/streams", receiveBufferSize,
						"Sec-WebSocket-Extensions: permessage-deflate")
				: RawClient.connect(server.port(), "/ws/streams", receiveBufferSize);
	}

	@Configuration(proxyBeanMethods = false)
	static class Sources {

		@Bean
		@WebSocketMapping("/ws/streams")
		WebSocketHandler streams(StreamWebSocketHandler.Builder streams) {
			return streams.build();
		}

		@Bean
		ReplayableSource<String> huge() {
			return (request, offset) -> Flux.range(0, ROWS).map(Sources::huge);
		}

		static String huge(int row) {
			byte[] bytes = new byte[ROW_BYTES * 3 / 4];
			new Random(row).nextBytes(bytes);
			return Base64.getEncoder().encodeToString(bytes);
		}

		@Bean
		ReplayableSource<Integer> small() {
			return (request, offset) -> Flux.range(0, 3);
		}

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		WebSocketHandlerAdapter compressing() {
			return new WebSocketHandlerAdapter(new HandshakeWebSocketService(
					new ReactorNettyRequestUpgradeStrategy(WebsocketServerSpec.builder().compress(true))));
		}

	}

}
