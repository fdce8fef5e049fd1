package io.github.websocketkeepalive.test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.publisher.Flux;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;

import static org.awaitility.Awaitility.await;

/**
 * Servers of streams that share their sessions.
 */
public final class StreamServers implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final List<TestServer> servers = new ArrayList<>();

	private final @Nullable EmbeddedRedis redis;

	private StreamServers(Kind kind) {
		this.redis = kind.redis ? EmbeddedRedis.start() : null;
		for (int i = 0; i < kind.servers; i++) {
			this.servers.add(server());
		}
	}

	/**
	 * Start servers, each of which has saved and taken a session: the first time takes
	 * seconds on a busy machine.
	 */
	public static StreamServers start(Kind kind) {
		StreamServers servers = new StreamServers(kind);
		for (int i = 0; i < kind.servers; i++) {
			int server = i;
			await().atMost(PATIENCE).until(() -> servers.isWarm(server));
		}
		return servers;
	}

	private boolean isWarm(int server) throws IOException {
		try (StreamPeer peer = connect(server); StreamPeer next = connect(server)) {
			peer.send("{'type':'session'}");
			String token = peer.read("session").get("token").asString();
			peer.raw().sendClose(1000, "");
			peer.raw().read(RawClient.CLOSE);
			next.send("{'type':'session','token':'%s'}".formatted(token));
			return next.read("session").get("recovered").asBoolean();
		}
	}

	private TestServer server() {
		TestServer.Builder server = TestServer.on(Transport.values()[0])
			.property("websocket-keepalive.logging.lifecycle-level", "off");
		if (this.redis != null) {
			server.property("websocket-keepalive.stream.store", "redis")
				.property("spring.data.redis.host", "127.0.0.1")
				.property("spring.data.redis.port", this.redis.port());
		}
		return server.start(Numbers.class);
	}

	public int count() {
		return this.servers.size();
	}

	public boolean hasRedis() {
		return this.redis != null;
	}

	/**
	 * Return the Redis that they share.
	 */
	public EmbeddedRedis redis() {
		if (this.redis == null) {
			throw new IllegalStateException("These keep sessions in memory");
		}
		return this.redis;
	}

	/**
	 * Connect to one of the servers, counted round and round.
	 */
	public StreamPeer connect(int server) throws IOException {
		return StreamPeer.connect(this.servers.get(server % this.servers.size()).port(), "/ws/streams");
	}

	@Override
	public void close() {
		this.servers.forEach(TestServer::close);
		if (this.redis != null) {
			this.redis.close();
		}
	}

	/**
	 * How many servers there are, and where they keep sessions.
	 */
	public enum Kind {

		ONE_WITH_MEMORY(1, false),

		ONE_WITH_REDIS(1, true),

		TWO_WITH_REDIS(2, true);

		private final int servers;

		private final boolean redis;

		Kind(int servers, boolean redis) {
			this.servers = servers;
			this.redis = redis;
		}

	}

	/**
	 * An application that streams 100 numbers.
	 */
	@Configuration(proxyBeanMethods = false)
	public static class Numbers {

		@Bean
		@WebSocketMapping("/ws/streams")
		WebSocketHandler streams(StreamWebSocketHandler.Builder streams) {
			return streams.build();
		}

		@Bean
		ReplayableSource<Integer> numbers() {
			return (request, offset) -> Flux.range((int) offset, (int) (100 - offset));
		}

	}

}
