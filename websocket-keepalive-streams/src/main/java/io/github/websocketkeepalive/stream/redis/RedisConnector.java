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
public final class RedisConnector {

	/**
	 * Time for an answer.
	 */
	public static final Duration TIMEOUT = Duration.ofSeconds(2);

	/**
	 * Time for a connection, before which a cold application has much to load.
	 */
	public static final Duration FIRST_CONNECT_TIMEOUT = Duration.ofSeconds(10);

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

	/**
	 * Connect, with time for a cold application.
	 * @param factory what connects
	 * @return the connection
	 */
	public static Mono<ReactiveRedisConnection> connect(ReactiveRedisConnectionFactory factory) {
		return connect(factory, FIRST_CONNECT_TIMEOUT);
	}

	/**
	 * Connect on a thread of its own: the factory connects on the caller's thread, and
	 * fails there even if nobody waits.
	 * @param factory what connects
	 * @param timeout the time for it
	 * @return the connection
	 */
	public static Mono<ReactiveRedisConnection> connect(ReactiveRedisConnectionFactory factory, Duration timeout) {
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

	/**
	 * Close a connection, whatever becomes of it.
	 * @param connection the connection
	 * @return completes once it is closed or its time is up
	 */
	public static Mono<Void> close(ReactiveRedisConnection connection) {
		return connection.closeLater().timeout(TIMEOUT).onErrorComplete();
	}

	/**
	 * Wait for an answer.
	 * @param <T> the type of the answer
	 * @param answer the answer
	 * @return the answer, or a failure after {@link #TIMEOUT}
	 */
	public static <T> Mono<T> inTime(Mono<T> answer) {
		return inTime(answer, TIMEOUT);
	}

	/**
	 * Wait for an answer.
	 * @param <T> the type of the answer
	 * @param answer the answer
	 * @param timeout the time for it
	 * @return the answer, or a failure after that time
	 */
	public static <T> Mono<T> inTime(Mono<T> answer, Duration timeout) {
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
	public static boolean isRefusal(Throwable failure) {
		String message = String.valueOf(NestedExceptionUtils.getMostSpecificCause(failure).getMessage());
		return REFUSALS.stream().anyMatch(message::contains) && UNFIT_SERVER.stream().noneMatch(message::contains);
	}

}
