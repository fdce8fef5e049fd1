package io.github.websocketkeepalive.stream.topic;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.stream.LiveTopic;
import io.github.websocketkeepalive.task.TaskFailures;

/**
 * Makes live topics. Thread-safe.
 */
public final class LiveTopics implements AutoCloseable {

	private static final TaskFailures failures = new TaskFailures();

	private final Map<String, StoredTopic<?>> topics = new ConcurrentHashMap<>();

	private final HistoryStore store;

	private final HistoryPolicy policy;

	private final JsonMapper mapper;

	private volatile Disposable expiry;

	/**
	 * Create a maker of topics.
	 * @param store where their history is kept
	 * @param policy how much of it
	 * @param mapper writes the messages
	 */
	public LiveTopics(HistoryStore store, HistoryPolicy policy, JsonMapper mapper) {
		this.store = store;
		this.policy = policy;
		this.mapper = mapper;
		this.expiry = expire();
	}

	private Disposable expire() {
		return Flux.interval(this.policy.ttl()).onBackpressureDrop().subscribe((tick) -> removeExpired());
	}

	private void removeExpired() {
		try {
			this.topics.values().forEach(StoredTopic::removeExpired);
		}
		catch (Throwable ex) {
			failures.failed("The expiry of messages", ex);
		}
	}

	/**
	 * Make a topic whose clients skip what they are too slow for.
	 * @param name the name under which the history is kept, the same on every instance
	 * @param <T> what the messages are; written by Jackson
	 * @return the topic
	 * @throws IllegalStateException if there is a topic of that name already
	 */
	public <T> LiveTopic<T> create(String name) {
		return create(name, LaggingReaderPolicy.SKIP);
	}

	/**
	 * Make a topic.
	 * @param name the name under which the history is kept, the same on every instance
	 * @param overflow what becomes of clients that are too slow
	 * @param <T> what the messages are; written by Jackson
	 * @return the topic
	 * @throws IllegalStateException if there is a topic of that name already
	 */
	public synchronized <T> LiveTopic<T> create(String name, LaggingReaderPolicy overflow) {
		if (this.topics.containsKey(name)) {
			throw new IllegalStateException("There is a topic '%s' already".formatted(name));
		}
		TopicMirror mirror = new TopicMirror(this.policy, System::nanoTime);
		StoredTopic<T> topic = new StoredTopic<>(name, overflow, this.mapper, mirror,
				this.store.open(name, this.policy, mirror));
		this.topics.put(name, topic);
		topic.follow();
		return topic;
	}

	/**
	 * Return whether there is no topic.
	 * @return {@code true} before the first one is made
	 */
	public boolean isEmpty() {
		return this.topics.isEmpty();
	}

	/**
	 * Return whether clients can continue where they stopped.
	 * @return whether the store can be reached
	 */
	public boolean isAvailable() {
		return this.store.isAvailable();
	}

	/**
	 * Follow the topics no longer. What is published afterwards fails if it cannot be
	 * kept.
	 */
	@Override
	public void close() {
		this.expiry.dispose();
		this.topics.values().forEach(StoredTopic::close);
	}

	/**
	 * Follow the topics again after they were closed.
	 */
	public void reopen() {
		this.expiry.dispose();
		this.expiry = expire();
		this.topics.values().forEach(StoredTopic::follow);
	}

}
