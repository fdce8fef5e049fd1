package io.github.websocketkeepalive.stream.redis;

import java.time.Duration;
import java.util.function.Function;

import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.connection.ReactiveRedisConnection;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A connection for as long as nothing fails.
 */
final class RedisLink {

	// Time for an answer.
	static final Duration TIMEOUT = Duration.ofSeconds(2);

	/**
	 * Time for a connection, before which a cold application has much to load.
	 */
	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

	private static final int SLICES = 4;

	private final ReactiveRedisConnection connection;

	private final Sinks.Empty<Void> failure = Sinks.empty();

	RedisLink(ReactiveRedisConnection connection) {
		this.connection = connection;
	}

	ReactiveRedisConnection connection() {
		return this.connection;
	}

	// The factory connects on the caller's thread, and fails there even if nobody waits.
	static Mono<ReactiveRedisConnection> connect(ReactiveRedisConnectionFactory factory) {
		return inTime(Mono.fromSupplier(() -> tryToConnect(factory))
			.subscribeOn(Schedulers.boundedElastic())
			.flatMap(Function.identity()), CONNECT_TIMEOUT);
	}

	private static Mono<ReactiveRedisConnection> tryToConnect(ReactiveRedisConnectionFactory factory) {
		try {
			return Mono.just(factory.getReactiveConnection());
		}
		catch (RuntimeException ex) {
			return Mono.error(ex);
		}
	}

	static Mono<Void> close(ReactiveRedisConnection connection) {
		return connection.closeLater().timeout(TIMEOUT).onErrorComplete();
	}

	static <T> Mono<T> inTime(Mono<T> answer) {
		return inTime(answer, TIMEOUT);
	}

	static <T> Mono<T> inTime(Mono<T> answer, Duration timeout) {
		return inTime(answer, timeout, Schedulers.parallel());
	}

	// A pause of ours takes one slice at most: what was answered meanwhile is read then.
	static <T> Mono<T> inTime(Mono<T> answer, Duration timeout, Scheduler timer) {
		return answer.timeout(Mono.delay(timeout.dividedBy(SLICES), timer).repeat(SLICES - 1).then(),
				Mono.error(() -> new QueryTimeoutException("No answer within %d ms".formatted(timeout.toMillis()))));
	}

	void fail(Throwable failure) {
		this.failure.tryEmitError(failure);
	}

	Mono<Void> failure() {
		return this.failure.asMono();
	}

}
