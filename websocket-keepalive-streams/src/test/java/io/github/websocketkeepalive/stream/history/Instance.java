package io.github.websocketkeepalive.stream.history;

import java.time.Duration;

import io.lettuce.core.resource.ClientResources;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.stream.LiveTopic;
import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.topic.HistoryPolicy;
import io.github.websocketkeepalive.stream.topic.HistoryStore;
import io.github.websocketkeepalive.stream.topic.LiveTopics;
import io.github.websocketkeepalive.stream.topic.redis.RedisHistoryStore;

/**
 * An instance of the application: a topic, its own way to Redis, and a publisher. One
 * thread publishes.
 */
final class Instance implements AutoCloseable {

	static final String TOPIC = "prices";

	private static final HistoryPolicy POLICY = new HistoryPolicy(200, 1 << 20, Duration.ofMinutes(2));

	/**
	 * Threads of its own for each instance would cost more than all else.
	 */
	private static final ClientResources RESOURCES = ClientResources.create();

	private final String name;

	private final History history;

	private final LinkProxy link;

	private final LettuceConnectionFactory factory;

	private final HistoryStore store;

	private final LiveTopics topics;

	private final LiveTopic<String> topic;

	private long published;

	private @Nullable StreamPosition placed;

	private long answered;

	private boolean closed;

	Instance(String name, int redis, History history) {
		this.name = name;
		this.history = history;
		this.link = new LinkProxy(redis);
		this.factory = new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", this.link.port()),
				LettuceClientConfiguration.builder().clientResources(RESOURCES).build());
		this.factory.afterPropertiesSet();
		this.factory.start();
		this.store = new RedisHistoryStore(this.factory);
		this.topics = new LiveTopics(this.store, POLICY, JsonMapper.shared());
		history.add(new Event.Started(name));
		this.topic = this.topics.create(TOPIC);
	}

	String name() {
		return this.name;
	}

	LinkProxy link() {
		return this.link;
	}

	LiveTopic<String> topic() {
		return this.topic;
	}

	void publish() {
		Message message = next();
		if (message == null) {
			return;
		}
		this.topic.publish(message.toString())
			.subscribe((position) -> placed(message, position), (ex) -> refused(message, ex));
	}

	private synchronized @Nullable Message next() {
		if (this.closed) {
			return null;
		}
		Message message = new Message(this.name, ++this.published);
		this.history.add(new Event.Published(message));
		return message;
	}

	private synchronized void placed(Message message, StreamPosition position) {
		if (!this.closed) {
			this.history.add(new Event.Placed(message, position));
			this.placed = position;
			this.answered++;
		}
	}

	private synchronized void refused(Message message, Throwable failure) {
		if (!this.closed) {
			this.history.add(new Event.Refused(message, failure.toString()));
			this.answered++;
		}
	}

	/**
	 * Return whether every publish has an answer.
	 */
	synchronized boolean isAnswered() {
		return this.answered == this.published;
	}

	/**
	 * Return the place of the message that has got one last, since it was forgotten.
	 */
	synchronized @Nullable StreamPosition placed() {
		return this.placed;
	}

	synchronized void forgetPlace() {
		this.placed = null;
	}

	/**
	 * End as a process that is killed: nothing leaves any more, and nobody hears of what
	 * becomes of its publishes.
	 */
	void kill() {
		this.link.cut();
		synchronized (this) {
			this.closed = true;
			this.history.add(new Event.Killed(this.name));
		}
	}

	@Override
	public void close() {
		synchronized (this) {
			this.closed = true;
		}
		this.topics.close();
		if (this.store instanceof AutoCloseable closeable) {
			close(closeable);
		}
		this.factory.destroy();
		this.link.close();
	}

	private static void close(AutoCloseable closeable) {
		try {
			closeable.close();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
