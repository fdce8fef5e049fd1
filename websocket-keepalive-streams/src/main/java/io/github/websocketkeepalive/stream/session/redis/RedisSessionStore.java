package io.github.websocketkeepalive.stream.session.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Function;

import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import org.springframework.data.redis.connection.ReactiveStringCommands;
import org.springframework.data.redis.core.types.Expiration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.stream.redis.RedisConnector;
import io.github.websocketkeepalive.stream.session.SessionStore;
import io.github.websocketkeepalive.stream.session.StreamSession;

/**
 * Keeps sessions in Redis as JSON, so that clients get theirs back from any instance.
 */
public final class RedisSessionStore implements SessionStore {

	private static final String PREFIX = "websocket-keepalive:session:";

	/**
	 * How often a session that is not there is looked for again. The pauses are 10, 40,
	 * 160 and 640 ms.
	 */
	private static final int RETRIES = 4;

	private static final Duration FIRST_PAUSE = Duration.ofMillis(10);

	private static final int BACKOFF = 4;

	private final ReactiveRedisConnectionFactory factory;

	private final Duration ttl;

	private final JsonMapper mapper;

	/**
	 * Create a store.
	 * @param factory connects to Redis 6.2 or later
	 * @param ttl for how long a session is kept
	 * @param mapper writes and reads sessions
	 */
	public RedisSessionStore(ReactiveRedisConnectionFactory factory, Duration ttl, JsonMapper mapper) {
		this.factory = factory;
		this.ttl = ttl;
		this.mapper = mapper;
	}

	@Override
	public Mono<Void> save(String key, StreamSession session) {
		return Mono.fromCallable(() -> ByteBuffer.wrap(this.mapper.writeValueAsBytes(session)))
			.flatMap((json) -> run((commands) -> commands.pSetEX(key(key), json, Expiration.from(this.ttl))))
			.then();
	}

	// Another instance answers a Close frame before its save has reached Redis.
	@Override
	public Mono<StreamSession> take(String key) {
		return run((commands) -> commands.getDel(key(key))).repeatWhenEmpty(RedisSessionStore::pauses)
			.map((json) -> this.mapper.readValue(StandardCharsets.UTF_8.decode(json).toString(), StreamSession.class));
	}

	private static Flux<Long> pauses(Flux<Long> retries) {
		return retries.takeWhile((retry) -> retry < RETRIES)
			.concatMap((retry) -> Mono.delay(FIRST_PAUSE.multipliedBy((long) Math.pow(BACKOFF, retry))));
	}

	private <T> Mono<T> run(Function<ReactiveStringCommands, Mono<T>> command) {
		return Mono.usingWhen(RedisConnector.connect(this.factory),
				(connection) -> RedisConnector.inTime(command.apply(connection.stringCommands())),
				RedisConnector::close);
	}

	private static ByteBuffer key(String key) {
		return StandardCharsets.UTF_8.encode(PREFIX + key);
	}

}
