package io.github.websocketkeepalive.stream.topic.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.stream.LiveTopic;
import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.topic.HistoryPolicy;
import io.github.websocketkeepalive.stream.topic.HistoryStore;
import io.github.websocketkeepalive.stream.topic.LiveTopics;
import io.github.websocketkeepalive.stream.topic.Reading;
import io.github.websocketkeepalive.stream.topic.TopicMirror;

import static org.assertj.core.api.Assertions.assertThat;

class MirroredStreamTests {

	private static final HistoryPolicy POLICY = new HistoryPolicy(100, 1000, Duration.ofMinutes(2));

	private final CapturingStore store = new CapturingStore();

	private final LiveTopics topics = new LiveTopics(this.store, POLICY, JsonMapper.shared());

	private final LiveTopic<Object> topic = this.topics.create("prices");

	private MirroredStream stream;

	@BeforeEach
	void mirror() {
		this.stream = new MirroredStream(this.store.mirror, new AppendQueue(POLICY, "me"));
	}

	@AfterEach
	void close() {
		this.topics.close();
	}

	@Test
	void takesInEachEntryOnceHoweverOftenItComes() {
		attach("5", 0);
		Reading reading = read(null);
		apply("5", 0, 3);
		apply("5", 0, 2);
		apply("5", 1, 5);
		assertThat(reading.numbers()).containsExactly(0L, 1L, 2L, 3L, 4L);
		assertThat(reading.openings()).hasSize(1);
		assertThat(this.stream.known()).isEqualTo(new KnownEnd(new StreamPosition("5", 5), "other 1 4"));
	}

	@Test
	void tellsExactlyWhatRedisDoesNotKeep() {
		attach("5", 0);
		apply("5", 0, 2);
		Reading reading = read(null);
		apply("5", 7, 9);
		assertThat(reading.opened(1).missing()).isEqualTo(5);
		assertThat(reading.numbers()).containsExactly(7L, 8L);
		attach("5", 20);
		apply("5", 20, 21);
		assertThat(reading.opened(2).missing()).isEqualTo(11);
	}

	@Test
	void goesToALaterEpochAndNeverBack() {
		attach("5", 0);
		Reading reading = read(null);
		apply("5", 0, 1);
		attach("6", 0);
		apply("6", 0, 1);
		apply("5", 1, 2);
		attach("5", 2);
		assertThat(reading.numbers()).containsExactly(0L, 0L);
		assertThat(reading.opened(1).position()).isEqualTo(new StreamPosition("6", 0));
		assertThat(reading.opened(1).missing()).isNull();
		assertThat(reading.openings()).hasSize(2);
	}

	@Test
	void takesNoEntryOfAnEpochThatRedisHasNotNamed() {
		attach("5", 0);
		Reading reading = read(null);
		apply("5", 0, 1);
		assertThat(this.stream.apply(entry("9000000000000000000", 0, 0))).isFalse();
		assertThat(this.stream.apply(entry("5", 1, 0))).isTrue();
		assertThat(reading.numbers()).containsExactly(0L, 1L);
		assertThat(reading.openings()).hasSize(1);
	}

	@Test
	void takesNoEntryWhileItGoesOnUnderAnEpochOfItsOwn() {
		attach("5", 0);
		Reading reading = read(null);
		this.stream.appendLocally("7".getBytes(StandardCharsets.UTF_8));
		assertThat(this.stream.apply(entry("5", 3, 0))).isFalse();
		assertThat(reading.numbers()).containsExactly(7L);
		assertThat(reading.openings()).hasSize(2);
	}

	@Test
	void leavesOutWhatIsNotOfTheEpochThatRedisNames() {
		this.stream.apply(reply("5", 1, 0), List.of(entry("4", 7, 0), entry("5", 0, 0), entry("6", 0, 0)));
		assertThat(read(new StreamPosition("5", 0)).numbers()).containsExactly(0L);
		assertThat(this.stream.known().position()).isEqualTo(new StreamPosition("5", 1));
	}

	@Test
	void beginsWithWhatRedisKeeps() {
		this.stream.apply(reply("5", 12, 0), entries("5", 10, 12));
		Reading reading = read(new StreamPosition("5", 8));
		assertThat(reading.opened(0).missing()).isEqualTo(2);
		assertThat(reading.numbers()).containsExactly(10L, 11L);
	}

	@Test
	void takesWhatIsKeptForAsOldAsRedisSays() {
		long ttl = TimeUnit.NANOSECONDS.toMicros(POLICY.ttl().toNanos());
		this.stream.apply(reply("5", 2, ttl), List.of(entry("5", 0, 0), entry("5", 1, ttl - 1)));
		Reading reading = read(new StreamPosition("5", 0));
		assertThat(reading.opened(0).missing()).isEqualTo(1);
		assertThat(reading.numbers()).containsExactly(1L);
	}

	@Test
	void takesWhatIsAppendedForNewThoughTheClockOfRedisWasSetBack() {
		this.stream.apply(reply("5", 0, Long.MAX_VALUE / 2), List.of());
		Reading reading = read(null);
		apply("5", 0, 2);
		assertThat(reading.numbers()).containsExactly(0L, 1L);
		assertThat(reading.missing()).isZero();
	}

	@Test
	void goesOnUnderAnEpochOfItsOwnWithoutRedis() {
		assertThat(this.stream.hasBegun()).isFalse();
		attach("5", 3);
		assertThat(this.stream.hasBegun()).isTrue();
		Reading reading = read(null);
		StreamPosition first = this.stream.appendLocally("1".getBytes(StandardCharsets.UTF_8));
		StreamPosition second = this.stream.appendLocally("2".getBytes(StandardCharsets.UTF_8));
		assertThat(first.epoch()).isNotEqualTo("5").isEqualTo(second.epoch());
		assertThat(List.of(first.offset(), second.offset())).containsExactly(0L, 1L);
		attach("6", 0);
		apply("6", 0, 1);
		assertThat(reading.numbers()).containsExactly(1L, 2L, 0L);
		assertThat(reading.openings()).hasSize(3);
	}

	private Reading read(StreamPosition from) {
		return Reading.of(this.topic, from, Long.MAX_VALUE);
	}

	private void attach(String epoch, long next) {
		this.stream.apply(reply(epoch, next, 0), List.of());
	}

	private void apply(String epoch, long from, long to) {
		entries(epoch, from, to).forEach(this.stream::apply);
	}

	private static TopicScript.Reply reply(String epoch, long next, long micros) {
		return new TopicScript.Reply(TopicScript.Outcome.DONE,
				new KnownEnd(new StreamPosition(epoch, next), "other 1 " + (next - 1)), micros);
	}

	private static List<TopicEntry> entries(String epoch, long from, long to) {
		return LongStream.range(from, to).mapToObj((offset) -> entry(epoch, offset, 0)).toList();
	}

	private static TopicEntry entry(String epoch, long offset, long micros) {
		return new TopicEntry(new StreamPosition(epoch, offset), Long.toString(offset).getBytes(StandardCharsets.UTF_8),
				micros, "other 1 " + offset);
	}

	/**
	 * Hands over the mirror of a topic.
	 */
	private static final class CapturingStore implements HistoryStore {

		private TopicMirror mirror;

		@Override
		public Log open(String topic, HistoryPolicy policy, TopicMirror mirror) {
			this.mirror = mirror;
			return new Log() {

				@Override
				public Mono<StreamPosition> append(byte[] json) {
					return Mono.empty();
				}

				@Override
				public Mono<Boolean> catchUp() {
					return Mono.empty();
				}

				@Override
				public void follow() {
				}

				@Override
				public void close() {
				}

			};
		}

		@Override
		public boolean isAvailable() {
			return true;
		}

	}

}
