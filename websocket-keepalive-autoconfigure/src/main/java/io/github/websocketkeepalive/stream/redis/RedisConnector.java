package io.github.websocketkeepalive.stream.redis;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.connection.ReactiveRedisConnection;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Connects to Redis, and waits for its answers for a limited time.
 */
final class RedisConnector {

	// Time for an answer.
	static final Duration TIMEOUT = Duration.ofSeconds(2);

	/**
	 * Time for a connection, before which a cold application has much to load.
	 */
	static final Duration FIRST_CONNECT_TIMEOUT = Duration.ofSeconds(10);

	private static final int SLICES = 4;

	/**
	 * What Redis answers about one command, while others may succeed.
	 */
	private static final List<String> REFUSALS = List.of("WRONGTYPE ", "OOM ", "ERR ", "NOPERM ", "MISCONF ",
			"NOREPLICAS ");

	/**
	 * What Redis answers if it serves nobody on this connection, even if it says so in
	 * the words of a refusal.
	 */
	private static final List<String> UNFIT_SERVER = List.of("READONLY ", "LOADING ", "MASTERDOWN ", "CLUSTERDOWN ",
			"UNBLOCKED ");

	private RedisConnector() {
	}

	static Mono<ReactiveRedisConnection> connect(ReactiveRedisConnectionFactory factory) {
		return connect(factory, FIRST_CONNECT_TIMEOUT);
	}

	// The factory connects on the caller's thread, and fails there even if nobody waits.
	static Mono<ReactiveRedisConnection> connect(ReactiveRedisConnectionFactory factory, Duration timeout) {
		return inTime(Mono.fromSupplier(() -> tryToConnect(factory))
			.subscribeOn(Schedulers.boundedElastic())
			.flatMap(Function.identity()), timeout);
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

	/**
	 * Return whether Redis has refused a command, and may take others.
	 * @param failure the failure of the command
	 * @return {@code false} if the connection is of no use any more
	 */
	static boolean isRefusal(Throwable failure) {
		String message = String.valueOf(NestedExceptionUtils.getMostSpecificCause(failure).getMessage());
		return REFUSALS.stream().anyMatch(message::contains) && UNFIT_SERVER.stream().noneMatch(message::contains);
	}

}
