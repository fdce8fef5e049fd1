package io.github.websocketkeepalive.stream.topic;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.stream.LiveTopic;
import io.github.websocketkeepalive.stream.StreamException;
import io.github.websocketkeepalive.stream.StreamPosition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * What topics promise, wherever their history is kept.
 */
public abstract class HistoryStoreContract {

	protected static final HistoryPolicy POLICY = new HistoryPolicy(1000, 1 << 20, Duration.ofMinutes(2));

	protected static final Duration PATIENCE = Duration.ofSeconds(30);

	private final List<LiveTopics> opened = new ArrayList<>();

	/**
	 * Return a store that knows nothing of the topics of other tests.
	 */
	protected abstract HistoryStore store();

	@AfterEach
	void close() {
		this.opened.forEach(LiveTopics::close);
	}

	protected final LiveTopics topics(HistoryStore store, HistoryPolicy policy) {
		LiveTopics topics = new LiveTopics(store, policy, JsonMapper.shared());
		this.opened.add(topics);
		return topics;
	}

	protected final LiveTopic<Object> topic(HistoryPolicy policy) {
		return topics(store(), policy).create("prices");
	}

	protected static StreamPosition publish(LiveTopic<Object> topic, Object message) {
		StreamPosition position = topic.publish(message).block(PATIENCE);
		assertThat(position).isNotNull();
		return position;
	}

	protected static List<StreamPosition> publish(LiveTopic<Object> topic, int from, int to) {
		return IntStream.range(from, to).mapToObj((i) -> publish(topic, i)).toList();
	}

	protected static List<Long> range(long from, long to) {
		return LongStream.range(from, to).boxed().toList();
	}

	/**
	 * Every message has been read by clients of this instance too, not only appended.
	 */
	protected static void settle(LiveTopic<Object> topic, StreamPosition position) {
		Reading reading = Reading.of(topic, position, Long.MAX_VALUE);
		reading.awaitOpened(1);
		reading.cancel();
	}

	@Test
	void aReaderBeginsAtTheHead() {
		LiveTopic<Object> topic = topic(POLICY);
		settle(topic, next(publish(topic, "before")));
		Reading reading = Reading.of(topic, null, Long.MAX_VALUE);
		reading.awaitOpened(1);
		StreamPosition position = publish(topic, "after");
		reading.awaitItems("\"after\"");
		assertThat(reading.opened(0).recovered()).isFalse();
		assertThat(reading.opened(0).missing()).isZero();
		assertThat(reading.opened(0).position()).isEqualTo(position);
	}

	@Test
	void positionsCountWithinAnEpoch() {
		LiveTopic<Object> topic = topic(POLICY);
		List<StreamPosition> positions = publish(topic, 0, 5);
		assertThat(positions).extracting(StreamPosition::epoch).containsOnly(positions.get(0).epoch());
		assertThat(positions).extracting(StreamPosition::offset).isEqualTo(range(0, 5));
	}

	@Test
	void aMessageIsPublishedOnceHoweverOftenItIsSubscribedTo() {
		LiveTopic<Object> topic = topic(POLICY);
		Reading reading = Reading.of(topic, null, Long.MAX_VALUE);
		reading.awaitOpened(1);
		Mono<StreamPosition> published = topic.publish("once");
		assertThat(published.block(PATIENCE)).isEqualTo(published.block(PATIENCE));
		publish(topic, "twice");
		reading.awaitItems("\"once\"", "\"twice\"");
	}

	@Test
	void aReaderContinuesWhereItStopped() {
		LiveTopic<Object> topic = topic(POLICY);
		StreamPosition first = publish(topic, 0, 10).get(0);
		Reading reading = Reading.of(topic, new StreamPosition(first.epoch(), 4), Long.MAX_VALUE);
		reading.awaitNumbers(range(4, 10));
		publish(topic, 10, 12);
		reading.awaitNumbers(range(4, 12));
		assertThat(reading.openings()).hasSize(1);
		assertThat(reading.opened(0).recovered()).isTrue();
		assertThat(reading.opened(0).missing()).isZero();
		assertThat(reading.opened(0).position().offset()).isEqualTo(4);
	}

	@Test
	void aReaderThatHasEverythingContinuesAtTheHead() {
		LiveTopic<Object> topic = topic(POLICY);
		List<StreamPosition> positions = publish(topic, 0, 3);
		Reading reading = Reading.of(topic, next(positions.get(2)), Long.MAX_VALUE);
		reading.awaitOpened(1);
		assertThat(reading.opened(0).recovered()).isTrue();
		publish(topic, 3, 4);
		reading.awaitNumbers(range(3, 4));
	}

	@Test
	void aReaderIsToldExactlyHowManyMessagesItMisses() {
		LiveTopic<Object> topic = topic(new HistoryPolicy(5, 1 << 20, Duration.ofMinutes(2)));
		List<StreamPosition> positions = publish(topic, 0, 20);
		settle(topic, next(positions.get(19)));
		Reading reading = Reading.of(topic, positions.get(3), Long.MAX_VALUE);
		reading.awaitNumbers(range(15, 20));
		assertThat(reading.opened(0).recovered()).isFalse();
		assertThat(reading.opened(0).missing()).isEqualTo(12);
		assertThat(reading.opened(0).position().offset()).isEqualTo(15);
	}

	@Test
	void bytesBoundWhatIsKept() {
		LiveTopic<Object> topic = topic(new HistoryPolicy(1000, 100, Duration.ofMinutes(2)));
		List<StreamPosition> positions = publish(topic, 1000, 1100);
		settle(topic, next(positions.get(99)));
		Reading reading = Reading.of(topic, positions.get(0), Long.MAX_VALUE);
		reading.awaitNumbers(range(1075, 1100));
		assertThat(reading.opened(0).missing()).isEqualTo(75);
	}

	@Test
	void ageBoundsWhatIsKept() {
		LiveTopic<Object> topic = topic(new HistoryPolicy(1000, 1000, Duration.ofMillis(200)));
		StreamPosition position = publish(topic, "old");
		await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).untilAsserted(() -> {
			Reading reading = Reading.of(topic, position, Long.MAX_VALUE);
			reading.awaitOpened(1);
			reading.cancel();
			assertThat(reading.opened(0).missing()).isEqualTo(1);
			assertThat(reading.opened(0).recovered()).isFalse();
		});
		Reading reading = Reading.of(topic, next(position), Long.MAX_VALUE);
		publish(topic, "new");
		reading.awaitItems("\"new\"");
		assertThat(reading.opened(0).recovered()).isTrue();
	}

	@Test
	void nobodyKnowsWhatAReaderFromAnotherEpochMisses() {
		LiveTopic<Object> topic = topic(POLICY);
		StreamPosition position = publish(topic, "before");
		settle(topic, next(position));
		Reading reading = Reading.of(topic, new StreamPosition("another", 0), Long.MAX_VALUE);
		reading.awaitOpened(1);
		publish(topic, "after");
		reading.awaitItems("\"after\"");
		assertThat(reading.opened(0).recovered()).isFalse();
		assertThat(reading.opened(0).missing()).isNull();
		assertThat(reading.opened(0).position()).isEqualTo(next(position));
	}

	@Test
	void aReaderFromAnOffsetThatWasNeverReachedFails() {
		LiveTopic<Object> topic = topic(POLICY);
		StreamPosition position = publish(topic, "before");
		Reading reading = Reading.of(topic, new StreamPosition(position.epoch(), 2), Long.MAX_VALUE);
		await().atMost(PATIENCE).until(() -> reading.failure() != null);
		assertThat(reading.failure()).isInstanceOfSatisfying(StreamException.class,
				(failure) -> assertThat(failure.getCode()).isEqualTo("bad-position"));
		assertThat(reading.openings()).isEmpty();
	}

	@Test
	void aReaderGetsNoMoreThanItAsksFor() {
		LiveTopic<Object> topic = topic(POLICY);
		StreamPosition first = publish(topic, 0, 10).get(0);
		Reading reading = Reading.of(topic, first, 0);
		settle(topic, new StreamPosition(first.epoch(), 10));
		assertThat(reading.openings()).isEmpty();
		reading.request(1);
		reading.awaitOpened(1);
		assertThat(reading.items()).isEmpty();
		reading.request(3);
		reading.awaitNumbers(range(0, 3));
		publish(topic, 10, 11);
		assertThat(reading.items()).hasSize(3);
		reading.request(Long.MAX_VALUE);
		reading.awaitNumbers(range(0, 11));
	}

	@Test
	void aSlowReaderSkipsAndIsToldHowMany() {
		LiveTopic<Object> topic = topic(new HistoryPolicy(10, 1 << 20, Duration.ofMinutes(2)));
		Reading slow = Reading.of(topic, null, 3);
		Reading quick = Reading.of(topic, null, Long.MAX_VALUE);
		slow.awaitOpened(1);
		quick.awaitOpened(1);
		publish(topic, 0, 50);
		quick.awaitNumbers(range(0, 50));
		slow.request(Long.MAX_VALUE);
		slow.awaitItems(12);
		assertThat(slow.numbers()).isEqualTo(concat(range(0, 2), range(40, 50)));
		assertThat(slow.opened(1).position().offset()).isEqualTo(40);
		assertThat(slow.opened(1).recovered()).isFalse();
		assertThat(slow.opened(1).missing()).isEqualTo(38);
		assertThat(quick.openings()).hasSize(1);
	}

	@Test
	void aSlowReaderFailsIfItIsToldTo() {
		LiveTopic<Object> topic = topics(store(), new HistoryPolicy(10, 1 << 20, Duration.ofMinutes(2)))
			.create("strict", LaggingReaderPolicy.FAIL);
		Reading slow = Reading.of(topic, null, 1);
		Reading quick = Reading.of(topic, null, Long.MAX_VALUE);
		slow.awaitOpened(1);
		quick.awaitOpened(1);
		publish(topic, 0, 11);
		quick.awaitNumbers(range(0, 11));
		slow.request(1);
		await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> slow.failure() != null);
		assertThat(slow.failure()).isInstanceOf(StreamException.class)
			.hasMessage("The client was too slow; 1 messages are no longer kept.")
			.extracting("code")
			.isEqualTo("too-slow");
		publish(topic, 11, 12);
		quick.awaitNumbers(range(0, 12));
	}

	@Test
	void topicsAreApart() {
		LiveTopics topics = topics(store(), POLICY);
		LiveTopic<Object> one = topics.create("one");
		LiveTopic<Object> other = topics.create("other");
		Reading reading = Reading.of(one, null, Long.MAX_VALUE);
		reading.awaitOpened(1);
		publish(other, 0, 3);
		assertThat(publish(one, 7).offset()).isZero();
		reading.awaitNumbers(range(7, 8));
	}

	@Test
	void aNameIsTakenOnce() {
		LiveTopics topics = topics(store(), POLICY);
		assertThat(topics.isEmpty()).isTrue();
		topics.create("prices");
		assertThat(topics.isEmpty()).isFalse();
		assertThatIllegalStateException().isThrownBy(() -> topics.create("prices"))
			.withMessage("There is a topic 'prices' already");
	}

	@Test
	void aMessageThatCannotBeWrittenIsNotPublished() {
		LiveTopic<Object> topic = topic(POLICY);
		Reading reading = Reading.of(topic, null, Long.MAX_VALUE);
		reading.awaitOpened(1);
		Map<String, Object> endless = new HashMap<>();
		endless.put("self", endless);
		assertThatException().isThrownBy(() -> topic.publish(endless).block(PATIENCE));
		publish(topic, 1);
		reading.awaitNumbers(range(1, 2));
	}

	@Test
	void aReaderThatBreaksTheRulesDoesNotDisturbTheOthers() {
		LiveTopic<Object> topic = topic(POLICY);
		Reading bad = Reading.failingOn(topic, "2");
		Reading good = Reading.of(topic, null, Long.MAX_VALUE);
		bad.awaitOpened(1);
		good.awaitOpened(1);
		publish(topic, 0, 5);
		good.awaitNumbers(range(0, 5));
		assertThat(bad.failure()).hasMessage("2");
		assertThat(bad.numbers()).isEqualTo(range(0, 3));
	}

	@Test
	void everyReaderSeesEveryMessageOnceOrIsToldWhileManyThreadsPublish() throws Exception {
		int publishers = 4;
		int each = 1000;
		LiveTopic<Object> topic = topic(new HistoryPolicy(200, 1 << 20, Duration.ofMinutes(2)));
		List<Reading> readings = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			readings.add(Reading.of(topic, null, (i < 2) ? Long.MAX_VALUE : 1));
		}
		readings.forEach((reading) -> reading.awaitOpened(1));
		ExecutorService threads = Executors.newFixedThreadPool(publishers + 1);
		try {
			List<Future<?>> work = new ArrayList<>();
			for (int i = 0; i < publishers; i++) {
				int publisher = i;
				work.add(threads.submit(() -> {
					for (int j = 0; j < each - 1; j++) {
						topic.publish(publisher * each + j).subscribe();
					}
					publish(topic, publisher * each + each - 1);
				}));
			}
			SplittableRandom random = new SplittableRandom(1);
			for (Future<?> publishing : work) {
				while (!publishing.isDone()) {
					readings.get(2 + random.nextInt(6)).request(1 + random.nextInt(50));
				}
				publishing.get(30, TimeUnit.SECONDS);
			}
		}
		finally {
			threads.shutdownNow();
		}
		readings.forEach((reading) -> reading.request(Long.MAX_VALUE));
		for (Reading reading : readings) {
			await().atMost(PATIENCE)
				.pollInterval(Duration.ofMillis(10))
				.until(() -> reading.next() == publishers * each);
			assertThat(reading.items().size() + reading.missing()).isEqualTo(publishers * each);
			assertThat(reading.numbers()).doesNotHaveDuplicates();
			for (int i = 0; i < publishers; i++) {
				int publisher = i;
				assertThat(reading.numbers().stream().filter((number) -> number / each == publisher).toList())
					.isSorted();
			}
		}
		assertThat(readings.get(0).items()).isEqualTo(readings.get(1).items()).hasSize(publishers * each);
	}

	protected static StreamPosition next(StreamPosition position) {
		return new StreamPosition(position.epoch(), position.offset() + 1);
	}

	protected static List<Long> concat(List<Long> first, List<Long> second) {
		List<Long> all = new ArrayList<>(first);
		all.addAll(second);
		return Collections.unmodifiableList(all);
	}

}
