package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

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
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;
import io.github.websocketkeepalive.stream.session.MemorySessionStore;
import io.github.websocketkeepalive.stream.session.SessionStore;
import io.github.websocketkeepalive.stream.session.StreamSession;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.StreamPeer;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Sessions that outlive their connections.
 */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith(LeakDetection.class)
class StreamSessionTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static TestServer server;

	@Parameter
	private Transport transport;

	@BeforeParameterizedClassInvocation
	static void start(Transport transport) {
		server = start(transport, "2m");
	}

	private static TestServer start(Transport transport, String ttl) {
		return TestServer.on(transport)
			.property("websocket-keepalive.stream.batch-size", 10)
			.property("websocket-keepalive.stream.history.ttl", ttl)
			.start(Sources.class);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		server.close();
	}

	@Test
	void aSessionGoesOnWithItsStreamsFromWhereTheyWereAcknowledged() throws IOException {
		JsonNode session;
		try (StreamPeer peer = connect("alice")) {
			session = begin(peer);
			assertThat(session.get("recovered").asBoolean()).isFalse();
			peer.open("s1", "numbers");
			peer.open("s2", "numbers", "0", 70);
			peer.open("s3", "numbers");
			peer.cancel("s3");
			peer.ping();
			peer.ack("s1", 13);
			peer.ping();
			peer.raw().reset();
		}
		awaitNoConnection();
		try (StreamPeer peer = connect("alice")) {
			JsonNode again = resume(peer, session);
			assertThat(again.get("recovered").asBoolean()).isTrue();
			assertThat(again.get("id")).isEqualTo(session.get("id"));
			assertThat(again.get("token")).isNotEqualTo(session.get("token"));
			List<String> streams = new ArrayList<>();
			while (streams.stream().filter((frame) -> frame.startsWith("{\"type\":\"end")).count() < 2) {
				JsonNode frame = peer.read();
				if (frame.get("type").asString().equals("batch")) {
					peer.ack(frame);
				}
				else {
					streams.add(frame.toString());
				}
			}
			assertThat(streams).containsExactlyInAnyOrder(json(
					"{'type':'opened','stream':'s1','epoch':'0','offset':13,'recovered':true,'missing':0,'window':8}"),
					json("{'type':'opened','stream':'s2','epoch':'0','offset':70,'recovered':true,'missing':0,'window':8}"),
					json("{'type':'end','stream':'s1','offset':100}"),
					json("{'type':'end','stream':'s2','offset':100}"));
		}
	}

	@Test
	void aTokenIsOfUseOnce() throws IOException {
		JsonNode session = beginAndLeave();
		try (StreamPeer peer = connect("alice"); StreamPeer thief = connect("alice")) {
			assertThat(resume(peer, session).get("recovered").asBoolean()).isTrue();
			JsonNode another = resume(thief, session);
			assertThat(another.get("recovered").asBoolean()).isFalse();
			assertThat(another.get("id")).isNotEqualTo(session.get("id"));
			peer.ping();
		}
	}

	@Test
	void aTokenIsOfNoUseToAnotherUserWhoDoesNotUseItUpEither() throws IOException {
		JsonNode session = beginAndLeave();
		try (StreamPeer bob = connect("bob"); StreamPeer nobody = connect(null); StreamPeer alice = connect("alice")) {
			assertThat(resume(bob, session).get("recovered").asBoolean()).isFalse();
			assertThat(resume(nobody, session).get("recovered").asBoolean()).isFalse();
			assertThat(resume(alice, session).get("recovered").asBoolean()).isTrue();
		}
	}

	@Test
	void aSessionIsKeptForItsTimeOnly() throws IOException {
		try (TestServer forgetful = start(this.transport, "1ms")) {
			AtomicReference<JsonNode> session = new AtomicReference<>();
			try (StreamPeer peer = connect(forgetful, "alice")) {
				session.set(begin(peer));
			}
			// A client that comes back before its connection has ended takes the session
			// over.
			await().atMost(PATIENCE).until(() -> {
				try (StreamPeer peer = connect(forgetful, "alice")) {
					session.set(resume(peer, session.get()));
					return !session.get().get("recovered").asBoolean();
				}
			});
		}
	}

	@Test
	void sessionsCountForTheAddressForWhichConnectionsDo() throws IOException {
		try (TestServer proxied = TestServer.on(this.transport)
			.property("websocket-keepalive.admission.trusted-proxies", 1)
			.start(Sources.class, Clients.class)) {
			for (String address : List.of("192.0.2.1", "192.0.2.2", "192.0.2.1", "2001:db8::1", "2001:db8::2")) {
				try (StreamPeer peer = StreamPeer.connect(proxied.port(), "/ws/streams", "X-User: ",
						"X-Forwarded-For: " + address)) {
					begin(peer);
				}
				await().atMost(PATIENCE).until(() -> proxied.connections().count() == 0);
			}
			await().atMost(PATIENCE)
				.untilAsserted(() -> assertThat(proxied.bean(Clients.class).saved).containsExactly("c0000201",
						"c0000202", "c0000201", "20010db800000000", "20010db800000000"));
		}
	}

	@Test
	void attributesAreThereAgain() throws IOException {
		JsonNode session;
		try (StreamPeer peer = connect("alice")) {
			session = begin(peer);
			peer.open("s1", "visits");
			assertThat(peer.read("batch").get("items").get(0).asInt()).isEqualTo(1);
		}
		awaitNoConnection();
		try (StreamPeer peer = connect("alice")) {
			resume(peer, session);
			peer.open("s2", "visits");
			JsonNode batch = peer.read("batch");
			while (!batch.get("stream").asString().equals("s2")) {
				batch = peer.read("batch");
			}
			assertThat(batch.get("items").get(0).asInt()).isEqualTo(3);
		}
	}

	@Test
	void whatAClientHasNotAcknowledgedOfAStreamThatEndedIsSentAgain() throws IOException {
		JsonNode session;
		try (StreamPeer peer = connect("alice")) {
			session = begin(peer);
			peer.open("s1", "numbers", "0", 95);
			peer.read("end");
			peer.ack("s1", 97);
			peer.ping();
		}
		awaitNoConnection();
		try (StreamPeer peer = connect("alice")) {
			JsonNode again = resume(peer, session);
			assertThat(peer.read("batch").toString())
				.isEqualTo(json("{'type':'batch','stream':'s1','offset':97,'items':[97,98,99]}"));
			peer.read("end");
			peer.ack("s1", 100);
			peer.ping();
			session = again;
		}
		awaitNoConnection();
		try (StreamPeer peer = connect("alice")) {
			assertThat(resume(peer, session).get("recovered").asBoolean()).isTrue();
			peer.send("{'type':'ping'}");
			assertThat(peer.read().get("type").asString()).isEqualTo("pong");
		}
	}

	@Test
	void aConnectionThatIsLostAndNotKnownToBeGivesItsSessionUp() throws IOException {
		try (StreamPeer lost = connect("alice");
				StreamPeer peer = connect("alice");
				StreamPeer thief = connect("alice")) {
			JsonNode session = begin(lost);
			lost.open("s1", "numbers");
			lost.read("batch");
			assertThat(resume(peer, session).get("recovered").asBoolean()).isTrue();
			assertThat(readToEnd(peer)).isEqualTo(100);
			assertThatExceptionOfType(StreamPeer.ClosedException.class).isThrownBy(() -> lost.read("end"))
				.satisfies((closed) -> assertThat(closed.frame().closeCode()).isEqualTo(1000));
			assertThat(resume(thief, session).get("recovered").asBoolean()).isFalse();
		}
	}

	@Test
	void aSessionIsAskedForBeforeTheFirstStreamAndOnce() throws IOException {
		try (StreamPeer peer = connect("alice"); StreamPeer late = connect("alice")) {
			begin(peer);
			peer.send("{'type':'session'}");
			assertThat(peer.read("error").get("code").asString()).isEqualTo("bad-frame");
			late.open("s1", "numbers");
			late.read("batch");
			late.send("{'type':'session'}");
			assertThat(late.read("error").get("code").asString()).isEqualTo("bad-frame");
			late.ping();
		}
	}

	private static JsonNode beginAndLeave() throws IOException {
		try (StreamPeer peer = connect("alice")) {
			return begin(peer);
		}
		finally {
			awaitNoConnection();
		}
	}

	private static JsonNode begin(StreamPeer peer) throws IOException {
		peer.send("{'type':'session'}");
		return peer.read("session");
	}

	private static JsonNode resume(StreamPeer peer, JsonNode session) throws IOException {
		peer.send("{'type':'session','token':'%s'}".formatted(session.get("token").asString()));
		return peer.read("session");
	}

	private static long readToEnd(StreamPeer peer) throws IOException {
		JsonNode frame = peer.read();
		while (!frame.get("type").asString().equals("end")) {
			if (frame.get("type").asString().equals("batch")) {
				peer.ack(frame);
			}
			frame = peer.read();
		}
		return frame.get("offset").asLong();
	}

	private static void awaitNoConnection() {
		await().atMost(PATIENCE).until(() -> server.connections().count() == 0);
	}

	private static StreamPeer connect(String user) throws IOException {
		return connect(server, user);
	}

	private static StreamPeer connect(TestServer server, String user) throws IOException {
		return StreamPeer.connect(server.port(), "/ws/streams", "X-User: " + ((user != null) ? user : ""));
	}

	private static String json(String frame) {
		return frame.replace('\'', '"');
	}

	/**
	 * Notes for which clients sessions are saved.
	 */
	static class Clients implements SessionStore {

		private final SessionStore store = new MemorySessionStore(Duration.ofMinutes(2));

		private final List<String> saved = new CopyOnWriteArrayList<>();

		@Override
		public Mono<Void> save(String key, StreamSession session) {
			throw new IllegalStateException("Whose session is it?");
		}

		@Override
		public Mono<Void> save(String key, StreamSession session, String client) {
			this.saved.add(client);
			return this.store.save(key, session, client);
		}

		@Override
		public Mono<StreamSession> take(String key) {
			return this.store.take(key);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Sources {

		@Bean
		@WebSocketMapping("/ws/streams")
		WebSocketHandler streams(StreamWebSocketHandler.Builder streams) {
			return streams.build();
		}

		@Bean
		WebFilter users() {
			return (exchange, chain) -> {
				String user = exchange.getRequest().getHeaders().getFirst("X-User");
				return chain
					.filter(user.isEmpty() ? exchange : exchange.mutate().principal(Mono.just(() -> user)).build());
			};
		}

		@Bean
		ReplayableSource<Integer> numbers() {
			return (request, offset) -> Flux.range((int) offset, (int) (100 - offset));
		}

		@Bean
		ReplayableSource<Object> visits() {
			return (request, offset) -> Flux
				.just(request.attributes().merge("visits", 1, (visits, one) -> (Integer) visits + (Integer) one));
		}

	}

}
