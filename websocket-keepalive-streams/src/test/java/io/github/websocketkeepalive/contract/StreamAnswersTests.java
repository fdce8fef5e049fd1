package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.time.Duration;

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
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.StreamException;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.StreamPeer;
import io.github.websocketkeepalive.test.StreamServers;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What answers a frame of a client, in which order, and which open it belongs to.
 */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith(LeakDetection.class)
class StreamAnswersTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

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
			.start(Sources.class, StreamServers.Numbers.class);
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

	@Test
	void everythingButABatchRepeatsTheReferenceOfItsOpen() throws IOException {
		this.peer.send("{'type':'open','stream':'s1','ref':'first','source':'three'}");
		assertNext("{'type':'opened','stream':'s1','ref':'first','epoch':'0','offset':0,'recovered':false,"
				+ "'missing':0,'window':4}");
		assertNext("{'type':'batch','stream':'s1','offset':0,'items':[0,1,2]}");
		assertNext("{'type':'end','stream':'s1','ref':'first','offset':3}");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{'type':'open','stream':'s1','ref':'r1','source':'nothing'}             | unknown-source
			{'type':'open','stream':'s1','ref':'r1','source':'refusing'}            | rejected
			{'type':'open','stream':'s1','ref':'r1','source':'broken'}              | source-failed
			{'type':'open','stream':'s1','ref':'r1','source':'three','window':0}    | bad-frame
			""")
	void anErrorRepeatsTheReferenceOfTheOpenThatItRefuses(String frame, String code) throws IOException {
		this.peer.send(frame);
		JsonNode error = this.peer.read("error");
		assertThat(error.get("code").asString()).isEqualTo(code);
		assertThat(error.get("ref").asString()).isEqualTo("r1");
	}

	@Test
	void aSecondOpenOfANameIsRefusedWithItsOwnReferenceAndTheFirstGoesOn() throws IOException {
		this.peer.send("{'type':'open','stream':'s1','ref':'first','source':'numbers'}");
		this.peer.send("{'type':'open','stream':'s1','ref':'second','source':'numbers'}");
		this.peer.send("{'type':'open','stream':'s1','source':'numbers'}");
		JsonNode error = this.peer.read("error");
		assertThat(error.get("code").asString()).isEqualTo("stream-exists");
		assertThat(error.get("ref").asString()).isEqualTo("second");
		assertThat(this.peer.read("error").has("ref")).isFalse();
		this.peer.ack("s1", 1_000_000);
		error = this.peer.read("error");
		assertThat(error.get("code").asString()).isEqualTo("bad-offset");
		assertThat(error.get("ref").asString()).isEqualTo("first");
	}

	@Test
	void theLimitOfStreamsRefusesAnOpenWithItsReference() throws IOException {
		for (int i = 1; i <= 4; i++) {
			this.peer.send("{'type':'open','stream':'s%d','ref':'r%d','source':'numbers'}".formatted(i, i));
		}
		JsonNode error = this.peer.read("error");
		assertThat(error.get("code").asString()).isEqualTo("too-many-streams");
		assertThat(error.get("ref").asString()).isEqualTo("r4");
	}

	@Test
	void anErrorOfAFrameThatIsNoOpenHasNoReference() throws IOException {
		this.peer.send("{'type':'open','stream':'s1','ref':'r1','source':'numbers'}");
		this.peer.send("{'type':'ack','stream':'s1','ref':'r1','offset':-1}");
		this.peer.send("{'type':'ack','stream':'s7','ref':'r1','offset':1}");
		assertThat(this.peer.read("error").has("ref")).isFalse();
		assertThat(this.peer.read("error").has("ref")).isFalse();
	}

	@Test
	void aCancelIsConfirmedHoweverOftenItIsSent() throws IOException {
		this.peer.send("{'type':'open','stream':'s1','ref':'r1','source':'numbers'}");
		this.peer.read("batch");
		this.peer.cancel("s1");
		assertThat(this.peer.read("cancelled").toString())
			.isEqualTo(json("{'type':'cancelled','stream':'s1','ref':'r1'}"));
		this.peer.cancel("s1");
		assertNext("{'type':'cancelled','stream':'s1'}");
		this.peer.cancel("never-opened");
		assertNext("{'type':'cancelled','stream':'never-opened'}");
	}

	@Test
	void nothingOfAStreamComesAfterItsCancelIsConfirmed() throws IOException {
		int times = 50;
		for (int i = 0; i < times; i++) {
			this.peer.send("{'type':'open','stream':'s1','ref':'r%d','source':'numbers'}".formatted(i));
			if (i % 3 == 0) {
				this.peer.send("{'type':'ping'}");
			}
			this.peer.cancel("s1");
		}
		String open = "none";
		int confirmed = 0;
		while (confirmed < times) {
			JsonNode frame = this.peer.read();
			switch (frame.get("type").asString()) {
				case "opened" -> open = frame.get("ref").asString();
				case "batch" -> assertThat(open).isEqualTo("r" + confirmed);
				case "cancelled" -> {
					assertThat(frame.get("ref").asString()).isEqualTo("r" + confirmed++);
					open = "none";
				}
				default -> assertThat(frame.get("type").asString()).isEqualTo("pong");
			}
		}
		this.peer.send("{'type':'ping'}");
		assertNext("{'type':'pong'}");
	}

	@Test
	void answersComeInTheOrderOfTheFramesThatTheyAnswer() throws IOException {
		this.peer.send("{'type':'ping'}");
		this.peer.cancel("s1");
		this.peer.ack("s1", 1);
		this.peer.send("nonsense");
		this.peer.open("s1", "nothing");
		this.peer.send("{'type':'ping'}");
		assertThat(this.peer.read().get("type").asString()).isEqualTo("pong");
		assertThat(this.peer.read().get("type").asString()).isEqualTo("cancelled");
		assertThat(this.peer.read().get("code").asString()).isEqualTo("unknown-stream");
		assertThat(this.peer.read().get("code").asString()).isEqualTo("bad-frame");
		assertThat(this.peer.read().get("code").asString()).isEqualTo("unknown-source");
		assertThat(this.peer.read().get("type").asString()).isEqualTo("pong");
	}

	@Test
	void framesBehindASessionAreReadOnceItIsGranted() throws IOException {
		this.peer.send("{'type':'session'}");
		this.peer.send("{'type':'open','stream':'s1','source':'three'}");
		assertThat(this.peer.read().get("type").asString()).isEqualTo("session");
		assertThat(this.peer.readAll("s1")).isEqualTo(3);
	}

	@Test
	void theStreamsOfASessionAreOpenBeforeTheFramesBehindItAreRead() throws IOException {
		JsonNode session = beginAndLeave("{'type':'open','stream':'s1','ref':'before','source':'numbers'}", "batch");
		this.peer.send("{'type':'session','token':'%s'}".formatted(session.get("token").asString()));
		this.peer.send("{'type':'open','stream':'s1','ref':'behind','source':'numbers'}");
		assertThat(this.peer.read().get("recovered").asBoolean()).isTrue();
		JsonNode error = this.peer.read("error");
		assertThat(error.get("code").asString()).isEqualTo("stream-exists");
		assertThat(error.get("ref").asString()).isEqualTo("behind");
	}

	@Test
	void aStreamThatASessionOpensAgainHasTheReferenceOfItsOpen() throws IOException {
		JsonNode session = beginAndLeave("{'type':'open','stream':'s1','ref':'before','source':'numbers'}", "batch");
		this.peer.send("{'type':'session','token':'%s'}".formatted(session.get("token").asString()));
		assertThat(this.peer.read("opened").get("ref").asString()).isEqualTo("before");
	}

	@Test
	void aStreamThatHadEndedWhenItWasCancelledIsNotOpenedAgainByASession() throws IOException {
		JsonNode session = beginAndLeave("{'type':'open','stream':'s1','source':'three'}", "end",
				"{'type':'cancel','stream':'s1'}", "cancelled");
		this.peer.send("{'type':'session','token':'%s'}".formatted(session.get("token").asString()));
		assertThat(this.peer.read().get("recovered").asBoolean()).isTrue();
		this.peer.send("{'type':'ping'}");
		assertNext("{'type':'pong'}");
	}

	private static JsonNode beginAndLeave(String... framesAndAnswers) throws IOException {
		JsonNode session;
		try (StreamPeer leaving = StreamPeer.connect(server.port(), "/ws/streams")) {
			leaving.send("{'type':'session'}");
			session = leaving.read("session");
			for (int i = 0; i < framesAndAnswers.length; i += 2) {
				leaving.send(framesAndAnswers[i]);
				leaving.read(framesAndAnswers[i + 1]);
			}
		}
		// The other one belongs to the test.
		await().atMost(PATIENCE).until(() -> server.connections().count() == 1);
		return session;
	}

	private void assertNext(String frame) throws IOException {
		assertThat(this.peer.read().toString()).isEqualTo(json(frame));
	}

	private static String json(String frame) {
		return frame.replace('\'', '"');
	}

	@Configuration(proxyBeanMethods = false)
	static class Sources {

		@Bean
		ReplayableSource<Integer> three() {
			return (request, offset) -> Flux.range((int) offset, (int) (3 - offset));
		}

		@Bean
		ReplayableSource<Integer> refusing() {
			return (request, offset) -> {
				throw new StreamException("rejected", "Not for you.");
			};
		}

		@Bean
		ReplayableSource<Integer> broken() {
			return (request, offset) -> Flux.error(new IllegalStateException("broken"));
		}

	}

}
