package io.github.websocketkeepalive.stream.topic;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

import io.github.websocketkeepalive.stream.FeedSignal;
import io.github.websocketkeepalive.stream.StreamFeed;
import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.StreamRequest;
import io.github.websocketkeepalive.stream.protocol.EncodedItem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a client reads from a topic. Counts offsets as a client does, and adds up what it
 * is told it misses.
 */
public final class Reading extends BaseSubscriber<FeedSignal> {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final StreamRequest REQUEST = new StreamRequest("prices", Map.of(), null, Map.of());

	private final List<FeedSignal.Opened> openings = new CopyOnWriteArrayList<>();

	private final List<String> items = Collections.synchronizedList(new ArrayList<>());

	private final long demand;

	private volatile @Nullable Throwable failure;

	private volatile long next = -1;

	private volatile long missing;

	private Reading(long demand) {
		this.demand = demand;
	}

	/**
	 * Open a stream.
	 * @param feed what to read
	 * @param from where to continue, if anywhere
	 * @param demand how many signals to ask for at first
	 */
	public static Reading of(StreamFeed feed, @Nullable StreamPosition from, long demand) {
		Reading reading = new Reading(demand);
		feed.open(REQUEST, from).subscribe(reading);
		return reading;
	}

	// Not subscribed itself, since a BaseSubscriber catches what it throws.
	static Reading failingOn(StreamFeed feed, String bad) {
		Reading reading = new Reading(Long.MAX_VALUE);
		feed.open(REQUEST, null).subscribe(new Subscriber<>() {
			@Override
			public void onSubscribe(Subscription subscription) {
				reading.onSubscribe(subscription);
			}

			@Override
			public void onNext(FeedSignal signal) {
				reading.hookOnNext(signal);
				if (signal instanceof FeedSignal.Item item && text(item).equals(bad)) {
					throw new AssertionError(bad);
				}
			}

			@Override
			public void onError(Throwable failure) {
				reading.onError(failure);
			}

			@Override
			public void onComplete() {
				reading.onComplete();
			}
		});
		return reading;
	}

	@Override
	protected void hookOnSubscribe(Subscription subscription) {
		if (this.demand > 0) {
			subscription.request(this.demand);
		}
	}

	@Override
	protected void hookOnNext(FeedSignal signal) {
		if (signal instanceof FeedSignal.Opened opened) {
			this.openings.add(opened);
			this.next = opened.position().offset();
			if (opened.missing() != null) {
				this.missing += opened.missing();
			}
		}
		else if (signal instanceof FeedSignal.Item item) {
			this.items.add(text(item));
			this.next++;
		}
	}

	private static String text(FeedSignal.Item item) {
		return new String(((EncodedItem) item.value()).json(), StandardCharsets.UTF_8);
	}

	@Override
	protected void hookOnError(Throwable throwable) {
		this.failure = throwable;
	}

	public List<FeedSignal.Opened> openings() {
		return this.openings;
	}

	public FeedSignal.Opened opened(int index) {
		return this.openings.get(index);
	}

	public List<String> items() {
		synchronized (this.items) {
			return List.copyOf(this.items);
		}
	}

	public List<Long> numbers() {
		return items().stream().map(Long::valueOf).toList();
	}

	public @Nullable Throwable failure() {
		return this.failure;
	}

	/**
	 * Return the offset of the next message.
	 */
	public long next() {
		return this.next;
	}

	/**
	 * Return the epoch that offsets count in.
	 */
	public String epoch() {
		return this.openings.get(this.openings.size() - 1).position().epoch();
	}

	/**
	 * Return how many messages it was told it misses.
	 */
	public long missing() {
		return this.missing;
	}

	public void awaitOpened(int times) {
		await().atMost(PATIENCE)
			.pollInterval(Duration.ofMillis(10))
			.untilAsserted(() -> assertThat(this.openings).hasSize(times));
	}

	public void awaitItems(int size) {
		await().atMost(PATIENCE)
			.pollInterval(Duration.ofMillis(10))
			.untilAsserted(() -> assertThat(items()).hasSize(size));
	}

	public void awaitItems(String... expected) {
		await().atMost(PATIENCE)
			.pollInterval(Duration.ofMillis(10))
			.untilAsserted(() -> assertThat(items()).containsExactly(expected));
	}

	public void awaitNumbers(List<Long> expected) {
		await().atMost(PATIENCE)
			.pollInterval(Duration.ofMillis(10))
			.untilAsserted(() -> assertThat(numbers()).isEqualTo(expected));
	}

}
