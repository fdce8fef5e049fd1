package io.github.websocketkeepalive.stream.topic.redis;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.connection.ReactiveRedisConnection;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

import io.github.websocketkeepalive.stream.redis.RedisConnector;

/**
 * Two connections to one Redis for as long as nothing fails: one takes commands, and the
 * other waits for entries, which blocks it.
 */
final class RedisLink {

	/**
	 * Names the data set that a connection sees.
	 */
	private static final RedisScript DATA_SET = new RedisScript(RedisScript.DATA_SET + "return data_set");

	private final Sinks.Empty<Void> failure = Sinks.empty();

	private final ReactiveRedisConnectionFactory factory;

	private final @Nullable LettuceConnectionFactory own;

	private final ByteBuffer key;

	private final Duration timeout;

	private volatile @Nullable ReactiveRedisConnection commands;

	private volatile @Nullable ReactiveRedisConnection waiting;

	/**
	 * Create a link that is not open.
	 * @param factory the factory of the application
	 * @param own a factory that is for this link alone, if there is one
	 * @param key one of the keys that the link is for, which tells the node of a cluster
	 * @param timeout time for a connection
	 */
	private RedisLink(ReactiveRedisConnectionFactory factory, @Nullable LettuceConnectionFactory own, ByteBuffer key,
			Duration timeout) {
		this.factory = (own != null) ? own : factory;
		this.own = own;
		this.key = key;
		this.timeout = timeout;
	}

	static Mono<RedisLink> create(ReactiveRedisConnectionFactory factory, ByteBuffer key, Duration timeout) {
		return Mono.fromSupplier(() -> new RedisLink(factory, OwnConnections.of(factory), key, timeout))
			.subscribeOn(Schedulers.boundedElastic());
	}

	/**
	 * Connect, until Redis has answered on both connections.
	 * @return completes then
	 */
	Mono<Void> open() {
		return connect().doOnNext((connection) -> this.commands = connection)
			.flatMap(this::dataSet)
			.then(Mono.defer(this::replaceWaiting));
	}

	/**
	 * Replace the connection that waits, if there is one, so that it waits no longer. An
	 * address may lead to another server meanwhile, so both have to see the same data.
	 * @return completes when Redis has answered
	 */
	Mono<Void> replaceWaiting() {
		return close(this.waiting).then(connect())
			.doOnNext((connection) -> this.waiting = connection)
			.flatMap((connection) -> dataSet(connection).zipWith(dataSet(commands())))
			.flatMap((dataSets) -> dataSets.getT1().equals(dataSets.getT2()) ? Mono.empty() : Mono
				.error(() -> new RedisConnectionFailureException("Two connections lead to two different servers")));
	}

	private Mono<ReactiveRedisConnection> connect() {
		return RedisConnector.connect(this.factory, this.timeout);
	}

	private Mono<String> dataSet(ReactiveRedisConnection connection) {
		return RedisConnector.inTime(DATA_SET.run(connection, 1, List.of(this.key.duplicate())), this.timeout);
	}

	ReactiveRedisConnection commands() {
		return opened(this.commands);
	}

	ReactiveRedisConnection waiting() {
		return opened(this.waiting);
	}

	private static ReactiveRedisConnection opened(@Nullable ReactiveRedisConnection connection) {
		if (connection == null) {
			throw new RedisConnectionFailureException("Not connected");
		}
		return connection;
	}

	void fail(Throwable failure) {
		this.failure.tryEmitError(failure);
	}

	Mono<Void> failure() {
		return this.failure.asMono();
	}

	/**
	 * Close both connections. Takes a limited time.
	 * @return completes when they are closed, as far as anybody can tell
	 */
	Mono<Void> close() {
		return close(this.waiting).then(close(this.commands)).then(shutDown());
	}

	// Not the factory's way, which blocks for as long as a connection does not close.
	private Mono<Void> shutDown() {
		LettuceConnectionFactory own = this.own;
		return (own != null)
				? Mono.fromFuture(() -> own.getRequiredNativeClient().shutdownAsync(0, 0, TimeUnit.MILLISECONDS))
					.timeout(RedisConnector.TIMEOUT)
					.onErrorComplete()
				: Mono.empty();
	}

	private static Mono<Void> close(@Nullable ReactiveRedisConnection connection) {
		return (connection != null) ? RedisConnector.close(connection) : Mono.empty();
	}

}
