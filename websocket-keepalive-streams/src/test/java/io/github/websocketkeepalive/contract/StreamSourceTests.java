package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.util.Map;
import java.util.function.LongConsumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.stream.FeedSignal;
import io.github.websocketkeepalive.stream.LiveTopic;
import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.StreamException;
import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.StreamRequest;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.StreamPeer;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sources that break the rules: each costs its own stream, and none costs another.
 */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith(LeakDetection.class)
class StreamSourceTests {

	private static TestServer server;

	@Parameter
	private Transport transport;

	private StreamPeer peer;

	@BeforeParameterizedClassInvocation
	static void start(Transport transport) {
		server = TestServer.on(transport)
			.property("websocket-keepalive.stream.batch-size", 10)
			.property("websocket-keepalive.stream.window", 4)
			.start(Sources.class);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		server.close();
	}

	@BeforeEach
	void connect() throws IOException {
		this.peer = StreamPeer.connect(server.port(), "/ws/streams");
		this.peer.open("good", "good");
		this.peer.read("batch");
	}

	@AfterEach
	void disconnect() throws IOException {
		this.peer.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "error", "errorInEpoch", "nothing", "noFeed", "failsToSubscribe", "failsWhenAsked",
			"failsWhenAskedAgain", "failsWhenCancelled", "errorInRow", "floods" })
	void aSourceThatBreaksTheRulesEndsItsOwnStreamOnly(String source) throws IOException {
		this.peer.open("bad", source);
		JsonNode failure = this.peer.read("error");
		assertThat(failure.get("stream").asString()).isEqualTo("bad");
		assertThat(failure.get("code").asString()).isEqualTo("source-failed");
		assertTheOtherGoesOn();
	}

	@Test
	void aMessageThatIsNoWellFormedTextIsToldAsFarAsItIs() throws IOException {
		this.peer.open("bad", "malformed");
		assertThat(this.peer.read("error").get("message").asString()).isIn("No \uFFFD.", "No \uD800.");
		assertTheOtherGoesOn();
	}

	private void assertTheOtherGoesOn() throws IOException {
		this.peer.ack("good", 10);
		assertThat(this.peer.read("batch").get("stream").asString()).isEqualTo("good");
		this.peer.ping();
	}

	@Configuration(proxyBeanMethods = false)
	static class Sources {

		@Bean
		@WebSocketMapping("/ws/streams")
		WebSocketHandler streams(StreamWebSocketHandler.Builder streams) {
			Map<String, ReplayableSource<Object>> sources = Map.ofEntries(
					Map.entry("good", (request, offset) -> Flux.range(0, 1_000_000).cast(Object.class)),
					Map.entry("error", (request, offset) -> {
						throw new AssertionError("open");
					}), Map.entry("nothing", (request, offset) -> null),
					Map.entry("failsToSubscribe", (request, offset) -> (subscriber) -> {
						throw new IllegalStateException("subscribe");
					}), Map.entry("failsWhenAsked", (request, offset) -> publisher((asked) -> {
						throw new IllegalStateException("request");
					})), Map.entry("failsWhenAskedAgain", (request, offset) -> askedAgain()),
					Map.entry("failsWhenCancelled",
							(request, offset) -> Flux
								.concat(Flux.just(1, unwritable(new StackOverflowError("row"))), Flux.never())
								.doOnCancel(() -> {
									throw new IllegalStateException("cancel");
								})),
					Map.entry("errorInRow", (request, offset) -> Flux.just(1, unwritable(new AssertionError("row")))),
					Map.entry("floods", (request, offset) -> flood()), Map.entry("malformed", (request, offset) -> {
						throw new StreamException("rejected", "No \uD800.");
					}));
			sources.forEach(streams::source);
			return streams.source("errorInEpoch", new ErrorInEpoch()).topic("noFeed", new NoFeed()).build();
		}

		private static Object unwritable(Error failure) {
			return (Iterable<Object>) () -> {
				throw failure;
			};
		}

		private static Publisher<Object> publisher(LongConsumer request) {
			return (subscriber) -> subscriber.onSubscribe(subscription(request));
		}

		private static Publisher<Object> askedAgain() {
			return (subscriber) -> subscriber.onSubscribe(subscription(new LongConsumer() {

				private boolean asked;

				@Override
				public void accept(long count) {
					if (this.asked) {
						throw new IllegalStateException("request");
					}
					this.asked = true;
					for (long row = 0; row < count; row++) {
						subscriber.onNext("row");
					}
				}

			}));
		}

		private static Publisher<Object> flood() {
			return (subscriber) -> {
				subscriber.onSubscribe(subscription((count) -> {
				}));
				emit(subscriber);
			};
		}

		private static void emit(Subscriber<Object> subscriber) {
			for (int row = 0; row < 100_000; row++) {
				subscriber.onNext(row);
			}
		}

		private static Subscription subscription(LongConsumer request) {
			return new Subscription() {

				@Override
				public void request(long count) {
					request.accept(count);
				}

				@Override
				public void cancel() {
				}

			};
		}

	}

	static class ErrorInEpoch implements ReplayableSource<Object> {

		@Override
		public Publisher<Object> open(StreamRequest request, long offset) {
			return Flux.never();
		}

		@Override
		public String epoch(StreamRequest request) {
			throw new AssertionError("epoch");
		}

	}

	static class NoFeed implements LiveTopic<Object> {

		@Override
		public String name() {
			return "noFeed";
		}

		@Override
		public Mono<StreamPosition> publish(Object message) {
			return Mono.empty();
		}

		@Override
		@SuppressWarnings("NullAway")
		public Publisher<FeedSignal> open(StreamRequest request, StreamPosition from) {
			return null;
		}

	}

}
