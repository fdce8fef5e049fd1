package io.github.websocketkeepalive.stream.topic.redis;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.stream.ByteBufferRecord;
import org.springframework.data.redis.connection.stream.ReadOffset;
import org.springframework.data.redis.connection.stream.StreamOffset;
import org.springframework.data.redis.connection.stream.StreamReadOptions;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

import io.github.websocketkeepalive.listener.SafeMono;
import io.github.websocketkeepalive.stream.redis.RedisConnector;

/**
 * Follows topics in Redis over two connections, however many they are: one takes
 * commands, and the other waits for entries of all of them. Connects anew when one of
 * them fails.
 */
final class TopicFollower {

	/**
	 * Time after which Redis answers at the latest though nothing was appended.
	 */
	private static final Duration BLOCK = Duration.ofSeconds(2);

	/**
	 * Most entries of a topic that are read at once.
	 */
	private static final int COUNT = 500;

	/**
	 * Most time between two looks at topics, each of which keeps the numbering of one
	 * topic from expiring.
	 */
	private static final long LOOK_INTERVAL = TimeUnit.SECONDS.toNanos(6);

	/**
	 * Most time between two looks at the same topic.
	 */
	private static final long LOOK_PERIOD = TimeUnit.HOURS.toNanos(6);

	/**
	 * Time to connect again to a Redis that was there before.
	 */
	private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(1200);

	private static final Duration MIN_BACKOFF = Duration.ofMillis(100);

	private static final Duration MAX_BACKOFF = Duration.ofMillis(500);

	private static final double JITTER = 0.5;

	/**
	 * Time until entries are read again after there were only foreign ones.
	 */
	private static final Duration PAUSE = Duration.ofMillis(100);

	/**
	 * Redis looks at all topics for each answer, so that answers have to be larger where
	 * topics are many.
	 */
	private static final Duration PAUSE_PER_TOPIC = Duration.ofNanos(10_000);

	/**
	 * Topics whose connections are made ready at once.
	 */
	private static final int CONCURRENCY = 8;

	private final List<RedisTopicLog> topics = new CopyOnWriteArrayList<>();

	private final Sinks.Many<Boolean> changes = Sinks.many().multicast().directBestEffort();

	private final Disposable.Swap following = Disposables.swap();

	private final ReactiveRedisConnectionFactory factory;

	private volatile @Nullable RedisLink link;

	private volatile Mono<Void> closing = Mono.empty();

	private volatile boolean connected;

	private long lookedAt = System.nanoTime();

	private int nextLook;

	/**
	 * Create a follower of no topics.
	 * @param factory the factory of the application
	 */
	TopicFollower(ReactiveRedisConnectionFactory factory) {
		this.factory = factory;
	}

	synchronized void add(RedisTopicLog topic) {
		this.topics.add(topic);
		if (this.topics.size() == 1) {
			this.following.update(follow().subscribe());
		}
		else {
			attach(topic);
		}
	}

	synchronized void remove(RedisTopicLog topic) {
		this.topics.remove(topic);
		if (this.topics.isEmpty()) {
			this.following.update(Disposables.disposed());
			this.link = null;
		}
	}

	/**
	 * Connect a topic that stands alone, if there is a connection.
	 * @param topic the topic
	 */
	void attach(RedisTopicLog topic) {
		RedisLink link = this.link;
		if (link != null) {
			topic.attach(link).subscribe((attached) -> this.changes.tryEmitNext(attached));
		}
	}

	private Flux<Boolean> follow() {
		return Flux
			.usingWhen(Mono.defer(() -> RedisLink.create(this.factory, key(), connectTimeout())).doOnError(this::lost),
					this::follow, this::close)
			.retryWhen(Retry.backoff(Long.MAX_VALUE, MIN_BACKOFF)
				.maxBackoff(MAX_BACKOFF)
				.jitter(JITTER)
				.transientErrors(true));
	}

	private Mono<Void> close(RedisLink link) {
		this.closing = link.close().cache();
		return this.closing;
	}

	/**
	 * Follow no topic any more.
	 * @return completes when the connections are closed
	 */
	Mono<Void> close() {
		this.following.dispose();
		return Mono.defer(() -> this.closing);
	}

	private Duration connectTimeout() {
		return (this.connected && isStandalone()) ? CONNECT_TIMEOUT : RedisConnector.FIRST_CONNECT_TIMEOUT;
	}

	// Otherwise other servers are asked first, some of which may be dead.
	private boolean isStandalone() {
		return this.factory instanceof LettuceConnectionFactory lettuce && !lettuce.isRedisSentinelAware()
				&& !lettuce.isClusterAware();
	}

	private ByteBuffer key() {
		return this.topics.isEmpty() ? RedisScript.bytes("websocket-keepalive") : this.topics.get(0).key();
	}

	private Flux<Boolean> follow(RedisLink link) {
		return link.open()
			.thenMany(Flux.defer(() -> attachAll(link)))
			.thenMany(Flux.defer(() -> readUntilTopicsChange(link)).repeat())
			.takeUntilOther(link.failure())
			.doOnError((failure) -> {
				this.link = null;
				lost(failure);
			});
	}

	private Flux<Boolean> attachAll(RedisLink link) {
		this.connected = true;
		this.link = link;
		return Flux.fromIterable(this.topics).flatMap((topic) -> topic.attach(link), CONCURRENCY);
	}

	private Flux<Boolean> readUntilTopicsChange(RedisLink link) {
		return SafeMono.defer(() -> read(link))
			.repeat()
			.takeUntilOther(this.changes.asFlux().filter(Boolean::booleanValue).next())
			.concatWith(Mono.defer(link::replaceWaiting).thenReturn(true));
	}

	private Mono<Boolean> read(RedisLink link) {
		Map<ByteBuffer, RedisTopicLog> followed = new HashMap<>();
		List<StreamOffset<ByteBuffer>> offsets = new ArrayList<>();
		for (RedisTopicLog topic : this.topics) {
			if (topic.isFollowing(link)) {
				followed.put(topic.key(), topic);
				offsets.add(after(topic));
			}
		}
		if (offsets.isEmpty()) {
			return Mono.delay(BLOCK).thenReturn(true);
		}
		return RedisConnector
			.inTime(link.waiting()
				.streamCommands()
				.xRead(StreamReadOptions.empty().block(BLOCK).count(COUNT), streams(offsets))
				.collectList(), BLOCK.plus(RedisConnector.TIMEOUT))
			.flatMap((entries) -> entries.isEmpty() ? Mono.just(true)
					: SafeMono.defer(() -> apply(link, followed, entries)))
			.doOnNext((read) -> lookAtNext(link))
			.onErrorResume(RedisConnector::isRefusal, (ex) -> lookAtAll(link));
	}

	@SuppressWarnings("unchecked")
	private static StreamOffset<ByteBuffer>[] streams(List<StreamOffset<ByteBuffer>> offsets) {
		return offsets.toArray(StreamOffset[]::new);
	}

	private static StreamOffset<ByteBuffer> after(RedisTopicLog topic) {
		return StreamOffset.create(topic.key(), ReadOffset.from(TopicEntry.idBefore(topic.known().position())));
	}

	private Mono<Boolean> apply(RedisLink link, Map<ByteBuffer, RedisTopicLog> followed,
			List<ByteBufferRecord> entries) {
		Map<ByteBuffer, List<ByteBufferRecord>> byTopic = new HashMap<>();
		for (ByteBufferRecord entry : entries) {
			byTopic.computeIfAbsent(entry.getRequiredStream(), (key) -> new ArrayList<>()).add(entry);
		}
		return Flux.fromIterable(byTopic.entrySet()).flatMap((topic) -> {
			RedisTopicLog log = followed.get(topic.getKey());
			return (log != null) ? log.read(link, topic.getValue()) : Mono.just(false);
		})
			.reduce(Boolean::logicalOr)
			.as(RedisConnector::inTime)
			.flatMap((any) -> pause(any ? PAUSE_PER_TOPIC.multipliedBy(followed.size()) : PAUSE));
	}

	private static Mono<Boolean> pause(Duration duration) {
		return (duration.toMillis() > 0) ? Mono.delay(duration).thenReturn(true) : Mono.just(true);
	}

	private void lookAtNext(RedisLink link) {
		List<RedisTopicLog> topics = List.copyOf(this.topics);
		long now = System.nanoTime();
		if (!topics.isEmpty() && now - this.lookedAt >= Math.min(LOOK_INTERVAL, LOOK_PERIOD / topics.size())) {
			this.lookedAt = now;
			this.nextLook = (this.nextLook + 1) % topics.size();
			topics.get(this.nextLook).lookIfFollowing(link);
		}
	}

	// Redis does not tell which topic it cannot read.
	private Mono<Boolean> lookAtAll(RedisLink link) {
		this.topics.forEach((topic) -> topic.lookIfFollowing(link));
		return Mono.delay(PAUSE).thenReturn(true);
	}

	private void lost(Throwable failure) {
		this.topics.forEach((topic) -> topic.lost(failure));
	}

	/**
	 * Make sure of what Redis has of a topic, and begin an epoch if need be.
	 * @param link the connection
	 * @param topic the topic
	 * @param end asks Redis for the end of its stream
	 * @return what Redis has
	 */
	Mono<Look> look(RedisLink link, RedisTopicLog topic, Mono<TopicScript.Reply> end) {
		return RedisConnector.inTime(end.flatMap((reply) -> link.commands()
			.streamCommands()
			.xRead(StreamReadOptions.empty(), streams(List.of(after(topic))))
			.collectList()
			.map((entries) -> new Look(reply, entries))));
	}

	/**
	 * What Redis has of a topic.
	 *
	 * @param reply the end of its stream
	 * @param entries what is behind the place that was known
	 */
	record Look(TopicScript.Reply reply, List<ByteBufferRecord> entries) {

		// Those entries that are messages.
		List<TopicEntry> messages() {
			return this.entries.stream().map(TopicEntry::of).filter(Objects::nonNull).toList();
		}

		boolean isOfSeveralEpochs(List<TopicEntry> messages) {
			String epoch = this.reply.end().position().epoch();
			return messages.stream().anyMatch((message) -> !message.position().epoch().equals(epoch));
		}

	}

}
