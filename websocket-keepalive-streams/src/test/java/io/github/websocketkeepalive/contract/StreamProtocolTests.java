package io.github.websocketkeepalive.contract;

import java.io.IOException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.StreamException;
import io.github.websocketkeepalive.stream.StreamRequest;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.StreamPeer;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The frames of streams, as a client sees them that knows nothing but the documentation.
 */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith(LeakDetection.class)
class StreamProtocolTests {

	private static TestServer server;

	@Parameter
	private Transport transport;

	private StreamPeer peer;

	@BeforeParameterizedClassInvocation
	static void start(Transport transport) {
		server = TestServer.on(transport)
			.property("websocket-keepalive.stream.batch-size", 10)
			.property("websocket-keepalive.stream.window", 4)
			.property("websocket-keepalive.stream.max-streams", 3)
			.start(Sources.class);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		server.close();
	}

	@BeforeEach
	void connect() throws IOException {
		this.peer = StreamPeer.connect(server.port(), "/ws/streams");
	}

	@AfterEach
	void disconnect() throws IOException {
		this.peer.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			resumable.v1.absent                      |
			resumable.v1.absent, graphql             |
			resumable.v1.absent,resumable.v1.json    | resumable.v1.json
			resumable.v1.absent,resumable.v1.msgpack | resumable.v1.msgpack
			""")
	void anEncodingThatTheServerDoesNotHaveIsPassedOver(String offered, String chosen) throws IOException {
		try (RawClient client = RawClient.connectOnly(server.port(), 0)) {
			client.send(RawClient.handshake("/ws/streams", "Sec-WebSocket-Protocol: " + offered));
			String response = client.readResponse();
			assertThat(response).startsWith("HTTP/1.1 101 ");
			if (chosen != null) {
				assertThat(response.lines().map(String::toLowerCase)).contains("sec-websocket-protocol: " + chosen);
			}
			else {
				assertThat(response.toLowerCase()).doesNotContain("sec-websocket-protocol");
				client.sendText("{\"type\":\"ping\"}");
				assertThat(client.read(RawClient.TEXT).text()).isEqualTo("{\"type\":\"pong\"}");
			}
		}
	}

	@Test
	void aStreamIsOpenedAndHasRowsAndAnEnd() throws IOException {
		this.peer.send("{'type':'open','stream':'s1','source':'numbers','request':{'count':3}}");
		assertNext("{'type':'opened','stream':'s1','epoch':'e1','offset':0,'recovered':false,'missing':0,'window':4}");
		assertNext("{'type':'batch','stream':'s1','offset':0,'items':[0,1,2]}");
		assertNext("{'type':'end','stream':'s1','offset':3}");
	}

	@Test
	void aStreamContinuesWhereTheClientStopped() throws IOException {
		this.peer.open("s1", "numbers", "e1", 98);
		assertNext("{'type':'opened','stream':'s1','epoch':'e1','offset':98,'recovered':true,'missing':0,'window':4}");
		assertNext("{'type':'batch','stream':'s1','offset':98,'items':[98,99]}");
		assertNext("{'type':'end','stream':'s1','offset':100}");
	}

	@Test
	void aPlaceInAnotherEpochIsNone() throws IOException {
		this.peer.open("s1", "numbers", "e0", 98);
		assertNext("{'type':'opened','stream':'s1','epoch':'e1','offset':0,'recovered':false,'window':4}");
		assertThat(this.peer.readAll("s1")).isEqualTo(100);
	}

	@Test
	void noMoreBatchesComeThanTheWindowHoldsAndOneMoreForEachThatIsAcknowledged() throws IOException {
		this.peer.send("{'type':'open','stream':'s1','source':'numbers','window':2}");
		this.peer.read("opened");
		JsonNode first = this.peer.read("batch");
		JsonNode second = this.peer.read("batch");
		this.peer.send("{'type':'ping'}");
		assertNext("{'type':'pong'}");
		this.peer.ack(first);
		assertThat(this.peer.read().get("offset").asLong())
			.isEqualTo(second.get("offset").asLong() + second.get("items").size());
		this.peer.send("{'type':'ping'}");
		assertNext("{'type':'pong'}");
	}

	@Test
	void theWindowIsNeverWiderThanThePolicyAllows() throws IOException {
		this.peer.send("{'type':'open','stream':'s1','source':'numbers','window':1000000}");
		this.peer.read("opened");
		for (int batch = 0; batch < 4; batch++) {
			this.peer.read("batch");
		}
		this.peer.send("{'type':'ping'}");
		assertNext("{'type':'pong'}");
	}

	@Test
	void aCancelledStreamIsSilent() throws IOException {
		this.peer.open("s1", "numbers");
		JsonNode batch = this.peer.read("batch");
		this.peer.cancel("s1");
		this.peer.ping();
		this.peer.ack(batch);
		this.peer.send("{'type':'ping'}");
		assertNext("{'type':'pong'}");
	}

	@Test
	void theNameOfAStreamThatEndedMayBeUsedAgain() throws IOException {
		for (int i = 0; i < 5; i++) {
			this.peer.open("s1", "numbers");
			assertThat(this.peer.readAll("s1")).isEqualTo(100);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					{'type':'open','stream':'s1','source':'nothing'}         | {'type':'error','stream':'s1','code':'unknown-source','message':'There is no source of that name.'}
					{'type':'ack','stream':'s7','offset':1}                  | {'type':'error','stream':'s7','code':'unknown-stream','message':'There is no stream of that name.'}
					{'type':'open','stream':'s1','source':'refusing'}        | {'type':'error','stream':'s1','code':'rejected','message':'Not for you.'}
					{'type':'open','stream':'s1','source':'misplaced'}       | {'type':'error','stream':'s1','code':'bad-position','message':'It was never given out.'}
					{'type':'open','stream':'s1','source':'throwing'}        | {'type':'error','stream':'s1','code':'source-failed','message':'The source failed.'}
					""")
	void whatCannotBeDoneIsToldInWords(String frame, String answer) throws IOException {
		this.peer.send(frame);
		assertNext(answer);
		assertWorks();
	}

	@Test
	void aRowThatCannotBeEncodedEndsItsStreamAfterTheRowsBeforeIt() throws IOException {
		this.peer.open("s1", "unwritable");
		this.peer.read("opened");
		assertNext("{'type':'batch','stream':'s1','offset':0,'items':[0,1,2]}");
		assertNext("{'type':'error','stream':'s1','code':'source-failed','message':'The source failed.'}");
		assertWorks();
	}

	@Test
	void aSourceThatFailsLaterEndsItsStreamAfterTheRowsBeforeIt() throws IOException {
		this.peer.open("s1", "failing");
		this.peer.read("opened");
		assertNext("{'type':'batch','stream':'s1','offset':0,'items':[0,1,2]}");
		assertNext("{'type':'error','stream':'s1','code':'gone','message':'No more of that.'}");
		assertWorks();
	}

	@Test
	void aStreamThatIsOpenIsNotOpenedAgainAndGoesOn() throws IOException {
		this.peer.open("s1", "numbers");
		this.peer.open("s1", "numbers");
		assertThat(this.peer.read("error").get("code").asString()).isEqualTo("stream-exists");
		this.peer.ack("s1", 10);
		assertThat(this.peer.read("batch").get("stream").asString()).isEqualTo("s1");
	}

	@Test
	void noMoreStreamsAreOpenedThanAConnectionMayHave() throws IOException {
		for (int i = 1; i <= 4; i++) {
			this.peer.open("s" + i, "numbers");
		}
		JsonNode error = this.peer.read("error");
		assertThat(error.get("stream").asString()).isEqualTo("s4");
		assertThat(error.get("code").asString()).isEqualTo("too-many-streams");
		this.peer.cancel("s1");
		this.peer.open("s4", "numbers");
		JsonNode opened = this.peer.read("opened");
		while (!opened.get("stream").asString().equals("s4")) {
			opened = this.peer.read("opened");
		}
	}

	@Test
	void whatWasNeverSentCannotBeAcknowledged() throws IOException {
		this.peer.open("s1", "numbers");
		this.peer.read("batch");
		this.peer.ack("s1", 1000);
		JsonNode error = this.peer.read("error");
		assertThat(error.get("stream").asString()).isEqualTo("s1");
		assertThat(error.get("code").asString()).isEqualTo("bad-offset");
		this.peer.ack("s1", 10);
		assertThat(this.peer.read("batch").get("stream").asString()).isEqualTo("s1");
	}

	private void assertNext(String frame) throws IOException {
		assertThat(this.peer.read().toString()).isEqualTo(frame.replace('\'', '"'));
	}

	private void assertWorks() throws IOException {
		this.peer.send("{'type':'open','stream':'again','source':'numbers','request':{'count':3}}");
		assertThat(this.peer.readAll("again")).isEqualTo(3);
	}

	@Configuration(proxyBeanMethods = false)
	static class Sources {

		private static final Iterable<?> UNWRITABLE = () -> {
			throw new IllegalStateException("cannot be written");
		};

		@Bean
		@WebSocketMapping("/ws/streams")
		WebSocketHandler streams(StreamWebSocketHandler.Builder streams) {
			return streams.build();
		}

		@Bean
		ReplayableSource<Integer> numbers() {
			return new ReplayableSource<>() {

				@Override
				public Flux<Integer> open(StreamRequest request, long offset) {
					int count = (int) request.parameters().getOrDefault("count", 100);
					return Flux.range((int) offset, (int) (count - offset));
				}

				@Override
				public String epoch(StreamRequest request) {
					return "e1";
				}

			};
		}

		@Bean
		ReplayableSource<Integer> refusing() {
			return (request, offset) -> {
				throw new StreamException("rejected", "Not for you.");
			};
		}

		@Bean
		ReplayableSource<Integer> misplaced() {
			return (request, offset) -> {
				throw new StreamException("bad-position", "It was never given out.");
			};
		}

		@Bean
		ReplayableSource<Integer> throwing() {
			return (request, offset) -> {
				throw new IllegalStateException("the password is 1234");
			};
		}

		@Bean
		ReplayableSource<Integer> failing() {
			return (request, offset) -> Flux.range(0, 3)
				.concatWith(Flux.error(new StreamException("gone", "No more of that.")));
		}

		@Bean
		ReplayableSource<Object> unwritable() {
			return (request, offset) -> Flux.range(0, 100).map((number) -> (number != 3) ? number : UNWRITABLE);
		}

	}

}
