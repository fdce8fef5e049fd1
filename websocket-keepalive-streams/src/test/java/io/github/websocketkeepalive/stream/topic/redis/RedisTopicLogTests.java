package io.github.websocketkeepalive.stream.topic.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.TimeoutOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.stream.LiveTopic;
import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.topic.HistoryPolicy;
import io.github.websocketkeepalive.stream.topic.LiveTopics;
import io.github.websocketkeepalive.stream.topic.Reading;
import io.github.websocketkeepalive.test.EmbeddedRedis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

@ExtendWith(OutputCaptureExtension.class)
class RedisTopicLogTests {

	private static final HistoryPolicy POLICY = new HistoryPolicy(1000, 1 << 20, Duration.ofMinutes(2));

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final String KEY = "websocket-keepalive:stream:{prices}";

	private final EmbeddedRedis redis = EmbeddedRedis.start();

	private final List<LettuceConnectionFactory> factories = new ArrayList<>();

	private final List<RedisHistoryStore> stores = new ArrayList<>();

	private final List<LiveTopics> opened = new ArrayList<>();

	private final LettuceConnectionFactory factory = factory();

	private final StringRedisTemplate template = new StringRedisTemplate(this.factory);

	@AfterEach
	void close() {
		this.opened.forEach(LiveTopics::close);
		this.stores.forEach(RedisHistoryStore::close);
		this.factories.forEach(LettuceConnectionFactory::destroy);
		this.redis.close();
	}

	@Test
	void instancesShareATopic() {
		LiveTopic<Object> one = topic(instance());
		LiveTopic<Object> other = topic(instance());
		Reading atOne = Reading.of(one, null, Long.MAX_VALUE);
		Reading atOther = Reading.of(other, null, Long.MAX_VALUE);
		atOne.awaitOpened(1);
		atOther.awaitOpened(1);
		for (int i = 0; i < 100; i += 2) {
			one.publish(i).subscribe();
			other.publish(i + 1).subscribe();
		}
		atOne.awaitItems(100);
		atOther.awaitItems(100);
		assertThat(atOne.numbers()).isEqualTo(atOther.numbers()).doesNotHaveDuplicates();
		assertThat(atOne.numbers().stream().filter((number) -> number % 2 == 0).toList()).isSorted();
		assertThat(atOne.numbers().stream().filter((number) -> number % 2 == 1).toList()).isSorted();
	}

	@Test
	void aReaderContinuesAtOnceOnAnInstanceThatIsBehind() {
		LiveTopic<Object> one = topic(instance());
		LiveTopic<Object> other = topic(instance());
		for (int i = 0; i < 100; i++) {
			Reading reading = Reading.of(other, next(publish(one, i)), 1);
			reading.awaitOpened(1);
			reading.cancel();
			assertThat(reading.opened(0).recovered()).isTrue();
			assertThat(reading.opened(0).position().offset()).isEqualTo(i + 1);
		}
	}

	@Test
	void anInstanceThatStartsKnowsTheHistory() {
		LiveTopics topics = instance();
		LiveTopic<Object> topic = topic(topics);
		StreamPosition position = publish(topic, 0);
		publish(topic, 1);
		publish(topic(topics, "others"), 2);
		topics.close();
		Reading reading = Reading.of(topic(instance()), position, Long.MAX_VALUE);
		reading.awaitNumbers(range(0, 2));
		assertThat(reading.opened(0).recovered()).isTrue();
	}

	@Test
	void theNumberingOutlivesTheHistory() {
		LiveTopic<Object> topic = topic(instance());
		StreamPosition position = publish(topic, 0);
		this.template.delete(KEY);
		StreamPosition later = publish(topic, 1);
		assertThat(later).isEqualTo(next(position));
		Reading reading = Reading.of(topic(instance()), position, Long.MAX_VALUE);
		reading.awaitNumbers(range(1, 2));
		assertThat(reading.opened(0).missing()).isEqualTo(1);
	}

	@Test
	void topicsGoOnLiveWhileRedisIsDead(CapturedOutput output) {
		LiveTopics topics = instance();
		LiveTopic<Object> topic = topic(topics);
		Reading reading = Reading.of(topic, null, Long.MAX_VALUE);
		reading.awaitOpened(1);
		StreamPosition before = publish(topic, 0);
		reading.awaitItems(1);
		assertThat(topics.isAvailable()).isTrue();
		this.redis.kill();
		StreamPosition meanwhile = publish(topic, 1);
		publish(topic, 2);
		reading.awaitNumbers(range(0, 3));
		assertThat(topics.isAvailable()).isFalse();
		assertToldOfAnotherEpoch(reading, 1);
		assertNotRecovered(topic, before);

		this.redis.restart();
		awaitAvailable(topics);
		assertNotRecovered(topic, before);
		assertNotRecovered(topic, meanwhile);
		StreamPosition after = publish(topic, 3);
		publish(topic, 4);
		reading.awaitNumbers(range(0, 5));
		assertToldOfAnotherEpoch(reading, 2);
		Reading resumed = Reading.of(topic, after, Long.MAX_VALUE);
		resumed.awaitNumbers(range(3, 5));
		assertThat(resumed.opened(0).recovered()).isTrue();
		assertThat(output.getOut().split("No history of topics is kept at present, such as of 'prices': ", -1))
			.hasSize(2);
		assertThat(output.getOut().split("The history of topics is kept again", -1)).hasSize(2);
	}

	@Test
	@Tag("slow")
	void everybodyIsToldOnceThatRedisWasStartedAgain() {
		LiveTopics topics = instance();
		LiveTopic<Object> topic = topic(topics);
		Reading reading = Reading.of(topic, null, Long.MAX_VALUE);
		reading.awaitOpened(1);
		StreamPosition before = publish(topic, 0);
		reading.awaitItems(1);
		this.redis.kill();
		awaitUnavailable(topics);
		this.redis.restart();
		awaitAvailable(topics);
		StreamPosition after = publish(topic, 1);
		assertThat(after.epoch()).isNotEqualTo(before.epoch());
		reading.awaitNumbers(range(0, 2));
		assertToldOfAnotherEpoch(reading, 1);
		assertThat(reading.openings()).hasSize(2);
		Reading resumed = Reading.of(topic(instance()), after, Long.MAX_VALUE);
		resumed.awaitNumbers(range(1, 2));
		assertThat(resumed.opened(0).recovered()).isTrue();
	}

	@Test
	void noOffsetStandsForTwoMessagesThoughRedisComesBackWithoutItsLatestOnes() {
		LiveTopic<Object> topic = topic(instance());
		Reading reading = Reading.of(topic, null, Long.MAX_VALUE);
		reading.awaitOpened(1);
		publish(topic, 0, 10);
		byte[] snapshot = this.redis.data();
		List<StreamPosition> lost = publish(topic, 10, 20);
		reading.awaitItems(20);
		this.redis.kill();
		this.redis.restart(snapshot);
		LiveTopic<Object> fresh = topic(instance());
		List<StreamPosition> published = publish(fresh, 20, 50);
		reading.awaitNumbers(Stream.concat(range(0, 20).stream(), range(20, 50).stream()).toList());
		assertThat(published).doesNotContainAnyElementsOf(lost);
		assertToldOfAnotherEpoch(reading, 1);
		assertNotRecovered(fresh, next(lost.get(9)));
	}

	@Test
	void instancesThatBeginAtOnceTakeNoMessageOfEachOtherForTheirOwn(CapturedOutput output) {
		LiveTopics one = instance();
		LiveTopics other = instance();
		for (int round = 0; round < 30; round++) {
			List<LiveTopic<Object>> topics = List.of(topic(one, "topic" + round), topic(other, "topic" + round));
			List<Reading> readings = topics.stream().map((topic) -> Reading.of(topic, null, Long.MAX_VALUE)).toList();
			readings.forEach((reading) -> reading.awaitOpened(1));
			for (int i = 0; i < 6; i++) {
				topics.get(i % 2).publish(i).subscribe();
			}
			readings.forEach((reading) -> reading.awaitItems(6));
			assertThat(readings.get(0).items()).isEqualTo(readings.get(1).items());
			assertThat(readings).allSatisfy((reading) -> assertThat(reading.openings()).hasSize(1));
		}
		assertThat(output).doesNotContain("A task of a topic has failed");
	}

	@Test
	@Tag("slow")
	void aRedisThatHasForgottenEverythingBeginsAnEpoch() {
		LiveTopics topics = instance();
		LiveTopic<Object> topic = topic(topics);
		Reading reading = Reading.of(topic, null, Long.MAX_VALUE);
		reading.awaitOpened(1);
		StreamPosition before = publish(topic, 0);
		reading.awaitItems(1);
		this.redis.kill();
		awaitUnavailable(topics);
		this.redis.restartEmpty();
		awaitAvailable(topics);
		assertNotRecovered(topic, before);
		StreamPosition after = publish(topic, 1);
		assertThat(after.epoch()).isNotEqualTo(before.epoch());
		reading.awaitNumbers(range(0, 2));
		assertToldOfAnotherEpoch(reading, 1);
		assertThat(Long.parseLong(after.epoch())).isGreaterThan(Long.parseLong(before.epoch()));
	}

	@Test
	void everyMessageIsReadOnceThoughRedisFreezes() {
		LiveTopics topics = instance();
		LiveTopic<Object> topic = topic(topics);
		LiveTopics otherTopics = instance();
		LiveTopic<Object> other = topic(otherTopics);
		Reading reading = Reading.of(topic, null, Long.MAX_VALUE);
		Reading atOther = Reading.of(other, null, Long.MAX_VALUE);
		reading.awaitOpened(1);
		atOther.awaitOpened(1);
		publish(topic, 0, 10);
		reading.awaitItems(10);
		atOther.awaitItems(10);
		this.redis.pause();
		publish(topic, 10, 20);
		reading.awaitNumbers(range(0, 20));
		assertThat(topics.isAvailable()).isFalse();
		this.redis.resume();
		await().atMost(PATIENCE).until(() -> topics.isAvailable() && otherTopics.isAvailable());
		publish(topic, 20, 30);
		reading.awaitNumbers(range(0, 30));
		await().atMost(PATIENCE).until(() -> atOther.numbers().containsAll(range(20, 30)));
		assertThat(atOther.numbers()).doesNotHaveDuplicates().isSorted();
		assertThat(atOther.openings()).hasSizeGreaterThan(1);
	}

	@Test
	@Tag("slow")
	void everyMessageIsKeptOnceThoughConnectionsBreak() {
		LiveTopics topics = instance();
		LiveTopic<Object> topic = topic(topics);
		Reading reading = Reading.of(topic, null, Long.MAX_VALUE);
		reading.awaitOpened(1);
		for (int i = 0; i < 2000; i++) {
			topic.publish(i).subscribe();
			if (i % 200 == 100) {
				this.redis.disconnectClients();
			}
		}
		reading.awaitNumbers(range(0, 2000));
		assertThat(reading.openings()).hasSize(1);
		assertThat(topics.isAvailable()).isTrue();
	}

	@Test
	void whatIsLostToFlushallIsTold() {
		LiveTopics topics = instance();
		LiveTopic<Object> topic = topic(topics);
		Reading reading = Reading.of(topic, null, Long.MAX_VALUE);
		reading.awaitOpened(1);
		StreamPosition before = publish(topic, 0);
		reading.awaitItems(1);
		this.template.execute((connection) -> {
			connection.serverCommands().flushAll();
			return null;
		}, true);
		StreamPosition after = publish(topic, 1);
		assertThat(after.epoch()).isNotEqualTo(before.epoch());
		reading.awaitNumbers(range(0, 2));
		assertToldOfAnotherEpoch(reading, 1);
		assertThat(topics.isAvailable()).isTrue();
	}

	@Test
	void aNumberingThatGoesBackIsNotGoneOnWith() {
		LiveTopic<Object> topic = topic(instance());
		StreamPosition before = publish(topic, 0, 10).get(9);
		Reading reading = Reading.of(topic, next(before), Long.MAX_VALUE);
		reading.awaitOpened(1);
		this.template.opsForHash().put(KEY + ":meta", "next", "5");
		StreamPosition after = publish(topic, 10);
		assertThat(after.epoch()).isNotEqualTo(before.epoch());
		reading.awaitNumbers(range(10, 11));
		assertToldOfAnotherEpoch(reading, 1);
	}

	@Test
	void anEpochThatIsRenewedElsewhereIsTold() {
		LiveTopic<Object> topic = topic(instance());
		LiveTopic<Object> other = topic(instance());
		Reading reading = Reading.of(topic, null, Long.MAX_VALUE);
		reading.awaitOpened(1);
		StreamPosition before = publish(topic, 0);
		reading.awaitItems(1);
		this.template.delete(KEY + ":meta");
		StreamPosition after = publish(other, 1);
		assertThat(after.epoch()).isNotEqualTo(before.epoch());
		reading.awaitNumbers(range(0, 2));
		assertToldOfAnotherEpoch(reading, 1);
	}

	@Test
	void aKeyOfAnotherTypeIsLeftAlone(CapturedOutput output) {
		this.template.opsForValue().set(KEY, "somebody else's");
		LiveTopics topics = instance();
		LiveTopic<Object> topic = topic(topics);
		Reading reading = Reading.of(topic, null, Long.MAX_VALUE);
		reading.awaitOpened(1);
		publish(topic, 0);
		awaitUnavailable(topics);
		assertThat(this.template.opsForValue().get(KEY)).isEqualTo("somebody else's");
		assertThat(output).contains(KEY + " is not a stream but a string");
		this.template.delete(KEY);
		awaitAvailable(topics);
		publish(topic, 1);
		reading.awaitItems(2);
	}

	@Test
	void aNumberingOfAnotherTypeIsLeftAlone() {
		this.template.opsForValue().set(KEY + ":meta", "somebody else's");
		LiveTopics topics = instance();
		LiveTopic<Object> topic = topic(topics);
		publish(topic, 0);
		awaitUnavailable(topics);
		assertThat(this.template.opsForValue().get(KEY + ":meta")).isEqualTo("somebody else's");
	}

	@Test
	void topicsGoOnLiveWhileRedisTakesNothing() {
		LiveTopics topics = instance();
		LiveTopic<Object> topic = topic(topics);
		Reading reading = Reading.of(topic, null, Long.MAX_VALUE);
		reading.awaitOpened(1);
		publish(topic, 0);
		maxMemory("1");
		publish(topic, 1);
		assertThat(topics.isAvailable()).isFalse();
		maxMemory("0");
		awaitAvailable(topics);
		publish(topic, 2);
		reading.awaitNumbers(range(0, 3));
		assertToldOfAnotherEpoch(reading, 2);
	}

	@Test
	@Tag("slow")
	void nobodyWaitsWhileRedisHasNoRoomAndItIsToldOnce(CapturedOutput output) {
		LiveTopics topics = instance();
		LiveTopic<Object> topic = topic(topics);
		publish(topic, 0, 500);
		maxMemory("1");
		publish(topic, 500);
		assertThat(topics.isAvailable()).isFalse();
		AtomicInteger recovered = new AtomicInteger();
		// Longer than it takes to try again a few times.
		await().during(Duration.ofSeconds(5)).atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
			publish(topic, 501);
			return recovered.addAndGet(topics.isAvailable() ? 1 : 0) == 0;
		});
		maxMemory("0");
		awaitAvailable(topics);
		assertThat(output.getOut().split("No history of topics is kept at present", -1)).hasSize(2);
		assertThat(output.getOut().split("The history of topics is kept again", -1)).hasSize(2);
	}

	@Test
	@Tag("slow")
	void historyIsKeptAgainSoonAfterALongTimeWithoutRedis() {
		LiveTopics topics = instance();
		topic(topics);
		awaitAttached();
		this.redis.kill();
		awaitUnavailable(topics);
		// Lettuce would wait ever longer before it connects a shared connection again.
		await().during(Duration.ofSeconds(15)).atMost(PATIENCE).until(() -> !topics.isAvailable());
		this.redis.restart();
		long back = System.nanoTime();
		awaitAvailable(topics);
		assertThat(Duration.ofNanos(System.nanoTime() - back)).isLessThan(Duration.ofSeconds(5));
	}

	private void awaitAttached() {
		await().atMost(PATIENCE).until(() -> blockedClients() == 1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "99999999999999999-0", "*" })
	void aTopicGoesOnThoughSomebodyElseWritesToItsStream(String id) {
		LiveTopics topics = instance();
		LiveTopic<Object> topic = topic(topics);
		Reading reading = Reading.of(topic, null, Long.MAX_VALUE);
		reading.awaitOpened(1);
		publish(topic, 0);
		reading.awaitItems(1);
		this.redis.command("XADD %s %s foo bar".formatted(KEY, id));
		reading.awaitOpened(2);
		assertToldOfAnotherEpoch(reading, 1);
		publish(topic, 1);
		reading.awaitNumbers(range(0, 2));
		assertThat(topics.isAvailable()).isTrue();
	}

	@Test
	void anUnreadMessageThatSomebodyRemovesStopsNoOther() {
		LiveTopics topics = instance();
		LiveTopic<Object> topic = topic(topics);
		Reading reading = Reading.of(topic, null, Long.MAX_VALUE);
		reading.awaitOpened(1);
		for (int i = 0; i < 200; i++) {
			topic.publish(i).subscribe();
			this.redis.command("XTRIM %s MAXLEN 0".formatted(KEY));
		}
		publish(topic, 200);
		await().atMost(PATIENCE).until(() -> reading.items().size() + reading.missing() == 201);
		assertThat(reading.openings().stream().map((opened) -> opened.position().epoch()).distinct()).hasSize(1);
		assertThat(topics.isAvailable()).isTrue();
	}

	@Test
	@Tag("slow")
	void aShortTimeoutOfTheApplicationEndsNoConnectionAtRest() {
		LettuceConnectionFactory impatient = new LettuceConnectionFactory(
				new RedisStandaloneConfiguration("127.0.0.1", this.redis.port()),
				LettuceClientConfiguration.builder()
					.commandTimeout(Duration.ofMillis(500))
					.clientOptions(ClientOptions.builder().timeoutOptions(TimeoutOptions.enabled()).build())
					.shutdownQuietPeriod(Duration.ZERO)
					.build());
		impatient.afterPropertiesSet();
		impatient.start();
		this.factories.add(impatient);
		LiveTopics topics = instance(impatient);
		topic(topics);
		awaitAttached();
		long connections = Long.parseLong(info("stats", "total_connections_received"));
		await().during(Duration.ofSeconds(5)).atMost(PATIENCE).until(topics::isAvailable);
		assertThat(Long.parseLong(info("stats", "total_connections_received"))).isEqualTo(connections);
	}

	@Test
	void aTopicThatRedisRefusesStopsNoOther() {
		this.template.opsForValue().set(KEY, "somebody else's");
		LiveTopics topics = instance();
		LiveTopic<Object> refused = topic(topics);
		LiveTopic<Object> other = topic(topics, "other");
		Reading reading = Reading.of(topic(instance(), "other"), null, Long.MAX_VALUE);
		reading.awaitOpened(1);
		publish(refused, 0);
		awaitUnavailable(topics);
		assertThat(Long.parseLong(publish(other, 0).epoch())).isPositive();
		reading.awaitItems(1);
		this.template.opsForValue().set("websocket-keepalive:stream:{third}", "somebody else's");
		topic(topics, "third");
		publish(other, 1);
		reading.awaitItems(2);
		assertThat(reading.openings()).hasSize(1);
	}

	@Test
	void aTopicThatIsMadeLaterIsFollowedAtOnce() {
		LiveTopics one = instance();
		LiveTopics other = instance();
		topic(one, "first");
		topic(other, "first");
		awaitFollowers(2);
		for (int i = 0; i < 5; i++) {
			LiveTopic<Object> topic = topic(one, "later" + i);
			Reading reading = Reading.of(topic(other, "later" + i), null, Long.MAX_VALUE);
			reading.awaitOpened(1);
			publish(topic, 1);
			reading.awaitItems(1);
		}
	}

	private void awaitFollowers(int instances) {
		await().atMost(PATIENCE).until(() -> blockedClients() == instances);
	}

	@Test
	void manyClientsThatAskForAnUnknownEpochAtOnceCostFewCommands() {
		LiveTopic<Object> topic = topic(instance());
		StreamPosition position = publish(topic, 0);
		long before = calls("xread");
		StreamPosition unknown = new StreamPosition(position.epoch() + "1", 7);
		List<Reading> readings = IntStream.range(0, 5000)
			.mapToObj((i) -> Reading.of(topic, unknown, Long.MAX_VALUE))
			.toList();
		await().atMost(PATIENCE).until(() -> readings.stream().allMatch((reading) -> reading.openings().size() == 1));
		assertThat(calls("xread") - before).isLessThan(500);
	}

	@Test
	@Tag("slow")
	void fiveHundredTopicsAtRestCostTwoCommandsASecondAndTwoConnections() {
		long connectionsBefore = connections();
		LiveTopics topics = instance();
		for (int i = 0; i < 500; i++) {
			topic(topics, "topic" + i);
		}
		await().atMost(PATIENCE).until(() -> this.template.keys("*:meta").size() == 500 && blockedClients() == 1);
		assertThat(connections() - connectionsBefore).isEqualTo(2);
		long before = commands();
		long start = System.nanoTime();
		await().pollDelay(Duration.ofSeconds(12)).atMost(PATIENCE).until(() -> true);
		double seconds = Duration.ofNanos(System.nanoTime() - start).toMillis() / 1000.0;
		// One command is that which asks.
		assertThat((commands() - before - 1) / seconds).isLessThanOrEqualTo(2);
	}

	private long connections() {
		return Long.parseLong(info("clients", "connected_clients"));
	}

	private long commands() {
		return Long.parseLong(info("stats", "total_commands_processed"));
	}

	private long calls(String command) {
		String statistics = info("commandstats", "cmdstat_" + command);
		return (statistics != null) ? Long.parseLong(statistics.replaceAll("calls=(\\d+),.*", "$1")) : 0;
	}

	private String info(String section, String name) {
		return this.factory.getConnection().serverCommands().info(section).getProperty(name);
	}

	private void maxMemory(String bytes) {
		this.factory.getConnection().serverCommands().setConfig("maxmemory", bytes);
	}

	@Test
	@Tag("slow")
	void anInstanceThatStartsWithoutRedisIsLive() {
		this.redis.kill();
		LiveTopics topics = instance();
		LiveTopic<Object> topic = topic(topics);
		Reading reading = Reading.of(topic, null, Long.MAX_VALUE);
		reading.awaitOpened(1);
		assertThat(topics.isAvailable()).isFalse();
		publish(topic, 0);
		reading.awaitItems(1);
		this.redis.restart();
		awaitAvailable(topics);
		publish(topic, 1);
		reading.awaitNumbers(range(0, 2));
		assertToldOfAnotherEpoch(reading, 1);
	}

	@Test
	void everyKeyExpires() {
		LiveTopic<Object> topic = topic(instance());
		publish(topic, 0);
		Set<String> keys = this.template.keys("*");
		assertThat(keys).hasSize(3)
			.contains(KEY, KEY + ":meta")
			.allSatisfy((key) -> assertThat(key).startsWith(KEY))
			.allSatisfy((key) -> assertThat(this.template.getExpire(key)).isPositive());
		assertThat(this.template.getExpire(KEY)).isLessThanOrEqualTo(120);
	}

	@Test
	void followsNoLongerOnceItIsClosed() {
		LiveTopics topics = instance();
		LiveTopic<Object> topic = topic(topics);
		publish(topic, 0);
		await().atMost(PATIENCE).until(() -> blockedClients() == 1);
		topics.close();
		await().atMost(PATIENCE).until(() -> blockedClients() == 0);
		assertThatIllegalStateException().isThrownBy(() -> publish(topic, 1))
			.withMessage("The topic 'prices' is closed");
	}

	@Test
	void followsAgainOnceItIsReopened() {
		LiveTopics topics = instance();
		LiveTopic<Object> topic = topic(topics);
		LiveTopic<Object> other = topic(instance());
		Reading reading = Reading.of(topic, null, Long.MAX_VALUE);
		reading.awaitOpened(1);
		publish(topic, 0);
		topics.close();
		publish(other, 1);
		topics.reopen();
		publish(topic, 2);
		publish(other, 3);
		reading.awaitNumbers(range(0, 4));
		assertThat(reading.openings()).hasSize(1);
	}

	@Test
	void readersBeginThoughTheTopicIsClosedBeforeRedisIsReached(CapturedOutput output) {
		this.redis.pause();
		LiveTopics topics = instance();
		LiveTopic<Object> topic = topic(topics);
		Reading before = Reading.of(topic, null, Long.MAX_VALUE);
		topics.close();
		before.awaitOpened(1);
		Reading.of(topic, new StreamPosition("unknown", 1), Long.MAX_VALUE).awaitOpened(1);
		assertThat(output).doesNotContain("A task of a topic has failed");
		this.redis.resume();
	}

	private long blockedClients() {
		return Long.parseLong(info("clients", "blocked_clients"));
	}

	private static void awaitAvailable(LiveTopics topics) {
		await().atMost(PATIENCE).until(topics::isAvailable);
	}

	private static void awaitUnavailable(LiveTopics topics) {
		await().atMost(PATIENCE).until(() -> !topics.isAvailable());
	}

	private void assertNotRecovered(LiveTopic<Object> topic, StreamPosition from) {
		Reading reading = Reading.of(topic, from, 1);
		reading.awaitOpened(1);
		reading.cancel();
		assertThat(reading.opened(0).recovered()).isFalse();
		assertThat(reading.opened(0).missing()).isNull();
	}

	private static void assertToldOfAnotherEpoch(Reading reading, int times) {
		reading.awaitOpened(times + 1);
		assertThat(reading.opened(times).recovered()).isFalse();
		assertThat(reading.opened(times).missing()).isNull();
		assertThat(reading.opened(times).position().epoch()).isNotEqualTo(reading.opened(times - 1).position().epoch());
	}

	private LettuceConnectionFactory factory() {
		LettuceConnectionFactory factory = this.redis.factory();
		this.factories.add(factory);
		return factory;
	}

	private LiveTopics instance() {
		return instance(factory());
	}

	private LiveTopics instance(LettuceConnectionFactory factory) {
		RedisHistoryStore store = new RedisHistoryStore(factory);
		LiveTopics topics = new LiveTopics(store, POLICY, JsonMapper.shared());
		this.opened.add(topics);
		this.stores.add(store);
		return topics;
	}

	private static LiveTopic<Object> topic(LiveTopics topics) {
		return topic(topics, "prices");
	}

	private static LiveTopic<Object> topic(LiveTopics topics, String name) {
		return topics.create(name);
	}

	private static StreamPosition publish(LiveTopic<Object> topic, Object message) {
		StreamPosition position = topic.publish(message).block(PATIENCE);
		assertThat(position).isNotNull();
		return position;
	}

	private static List<StreamPosition> publish(LiveTopic<Object> topic, int from, int to) {
		return IntStream.range(from, to).mapToObj((i) -> publish(topic, i)).toList();
	}

	private static StreamPosition next(StreamPosition position) {
		return new StreamPosition(position.epoch(), position.offset() + 1);
	}

	private static List<Long> range(long from, long to) {
		return LongStream.range(from, to).boxed().toList();
	}

}
