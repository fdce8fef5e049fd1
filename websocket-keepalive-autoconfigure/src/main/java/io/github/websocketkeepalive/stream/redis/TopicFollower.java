package io.github.websocketkeepalive.stream.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.connection.ReactiveRedisConnection;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import org.springframework.data.redis.connection.stream.ReadOffset;
import org.springframework.data.redis.connection.stream.StreamOffset;
import org.springframework.data.redis.connection.stream.StreamReadOptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Follows a topic in Redis for as long as it is subscribed to: connects, brings the log
 * up to date, waits for what is appended, and begins anew when that fails, ever more
 * seldom. Waiting blocks the connection, which is therefore one of its own.
 */
final class TopicFollower {

	// Time after which Redis answers at the latest though nothing was appended.
	private static final Duration BLOCK = Duration.ofSeconds(1);

	private static final Duration MIN_BACKOFF = Duration.ofMillis(200);

	private static final Duration MAX_BACKOFF = Duration.ofSeconds(2);

	private static final double JITTER = 0.5;

	private final ReactiveRedisConnectionFactory factory;

	private final TopicScript script;

	private final ByteBuffer stream;

	private final RedisTopicLog log;

	TopicFollower(ReactiveRedisConnectionFactory factory, TopicScript script, RedisTopicLog log) {
		this.factory = factory;
		this.script = script;
		this.stream = StandardCharsets.UTF_8.encode(script.stream());
		this.log = log;
	}

	Flux<Boolean> follow() {
		return Flux.usingWhen(RedisLink.connect(this.factory), this::follow, RedisLink::close)
			.doOnError(this.log::lost)
			.retryWhen(Retry.backoff(Long.MAX_VALUE, MIN_BACKOFF)
				.maxBackoff(MAX_BACKOFF)
				.jitter(JITTER)
				.transientErrors(true));
	}

	// Asks for an answer first, since publishers wait while the log is brought up to
	// date.
	private Flux<Boolean> follow(ReactiveRedisConnection connection) {
		RedisLink link = new RedisLink(connection);
		return RedisLink.inTime(this.script.attach(connection, this.log.known(), false))
			.then(this.log.hold(link))
			.flatMap((renew) -> bringUpToDate(link, renew))
			.then(this.log.live(link))
			.thenMany(Flux.defer(() -> await(link)).repeat())
			.takeUntilOther(link.failure())
			.doOnError(this.log::lost);
	}

	private Mono<Boolean> await(RedisLink link) {
		return RedisLink.inTime(read(link, StreamReadOptions.empty().block(BLOCK)), BLOCK.plus(RedisLink.TIMEOUT))
			.onErrorResume(QueryTimeoutException.class, (ex) -> Mono.just(List.of()))
			.flatMap((entries) -> entries.isEmpty() ? bringUpToDate(link, false) : this.log.apply(link, entries));
	}

	Mono<Boolean> bringUpToDate(RedisLink link, boolean renew) {
		return RedisLink
			.inTime(this.script.attach(link.connection(), this.log.known(), renew)
				.zipWhen((reply) -> read(link, StreamReadOptions.empty())))
			.flatMap((reply) -> this.log.apply(link, reply.getT1(), reply.getT2()));
	}

	@SuppressWarnings("unchecked")
	private Mono<List<TopicEntry>> read(RedisLink link, StreamReadOptions options) {
		ReadOffset offset = ReadOffset.from(TopicEntry.idBefore(this.log.known()));
		return link.connection()
			.streamCommands()
			.xRead(options, StreamOffset.create(this.stream.duplicate(), offset))
			.map(TopicEntry::of)
			.collectList();
	}

}
