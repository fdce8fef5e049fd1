package io.github.websocketkeepalive.stream.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.domain.Range;
import org.springframework.data.redis.connection.ReactiveRedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.store.HistoryPolicy;
import io.github.websocketkeepalive.test.EmbeddedRedis;

import static org.assertj.core.api.Assertions.assertThat;

class TopicScriptTests {

	private static final StreamPosition NOTHING = new StreamPosition("", 0);

	private static EmbeddedRedis redis;

	private static LettuceConnectionFactory factory;

	private final StringRedisTemplate template = new StringRedisTemplate(factory);

	private final ReactiveRedisConnection connection = factory.getReactiveConnection();

	private final TopicScript script = new TopicScript("prices", new HistoryPolicy(5, 100, Duration.ofMinutes(2)));

	@BeforeAll
	static void start() {
		redis = EmbeddedRedis.start();
		factory = redis.factory();
	}

	@AfterAll
	static void stop() {
		factory.destroy();
		redis.close();
	}

	@BeforeEach
	void flush() {
		factory.getConnection().serverCommands().flushAll();
	}

	@Test
	void beginsAnEpochOnce() {
		StreamPosition begun = attach(NOTHING, false);
		assertThat(begun.offset()).isZero();
		assertThat(attach(NOTHING, false)).isEqualTo(begun);
		assertThat(attach(begun, false)).isEqualTo(begun);
	}

	@Test
	void anEpochIsGreaterThanAllThatWereKnown() {
		assertThat(epochOf(attach(new StreamPosition("8000000000000000", 3), false))).isGreaterThan(8000000000000000L);
	}

	@Test
	void anEpochThatIsBehindWhatWasKnownIsRenewed() {
		StreamPosition begun = attach(NOTHING, false);
		assertThat(attach(new StreamPosition(begun.epoch(), 1), false).epoch()).isNotEqualTo(begun.epoch());
		assertThat(epochOf(attach(new StreamPosition("8000000000000000", 3), false))).isGreaterThan(8000000000000000L);
	}

	@Test
	void aRenewedEpochHasNoMessages() {
		StreamPosition begun = attach(NOTHING, false);
		append(begun, "1", "a");
		StreamPosition renewed = attach(begun, true);
		assertThat(epochOf(renewed)).isGreaterThan(epochOf(begun));
		assertThat(renewed.offset()).isZero();
		assertThat(this.template.hasKey(this.script.stream())).isFalse();
	}

	@Test
	void appendsMessagesOneAfterTheOther() {
		StreamPosition begun = attach(NOTHING, false);
		assertThat(append(begun, "1", "a", "b")).isEqualTo(begun);
		assertThat(append(begun, "2", "c").offset()).isEqualTo(2);
		assertThat(kept()).containsExactly("a", "b", "c");
	}

	@Test
	void aBatchIsAppendedOnceHoweverOftenItIsSent() {
		StreamPosition begun = attach(NOTHING, false);
		StreamPosition first = append(begun, "1", "a", "b");
		assertThat(append(begun, "1", "a", "b")).isEqualTo(first);
		assertThat(kept()).containsExactly("a", "b");
		attach(begun, true);
		assertThat(append(begun, "1", "a", "b")).isEqualTo(first);
		assertThat(kept()).isEmpty();
	}

	@Test
	void aBatchThatComesAfterALaterOneIsRefused() {
		StreamPosition begun = attach(NOTHING, false);
		append(begun, "9", "a");
		StreamPosition second = append(begun, "10", "b");
		assertThat(append(begun, "9", "a")).isNull();
		assertThat(append(begun, "10", "b")).isEqualTo(second);
		assertThat(append(begun, "11", "c")).isNotNull();
		assertThat(kept()).containsExactly("a", "b", "c");
	}

	@Test
	void refusesToAppendToAnotherEpochOrToOneThatHasGoneBack() {
		StreamPosition begun = attach(NOTHING, false);
		assertThat(append(new StreamPosition("1", 0), "1", "a")).isNull();
		assertThat(append(new StreamPosition(begun.epoch(), 1), "2", "a")).isNull();
		assertThat(kept()).isEmpty();
	}

	@Test
	void keepsWhatIsWithinTheBounds() {
		StreamPosition begun = attach(NOTHING, false);
		append(begun, "1", "a", "b", "c", "d", "e", "f");
		assertThat(kept()).containsExactly("b", "c", "d", "e", "f");
		append(begun, "2", "x".repeat(97));
		assertThat(kept()).containsExactly("d", "e", "f", "x".repeat(97));
		append(begun, "3", "y".repeat(200));
		assertThat(kept()).containsExactly("y".repeat(200));
		assertThat(this.template.opsForHash().get(this.script.stream() + ":meta", "bytes")).isEqualTo("200");
	}

	private StreamPosition attach(StreamPosition known, boolean renew) {
		StreamPosition position = await(this.script.attach(this.connection, known, renew)).position();
		assertThat(position).isNotNull();
		return position;
	}

	private StreamPosition append(StreamPosition known, String batch, String... messages) {
		List<byte[]> json = List.of(messages)
			.stream()
			.map((message) -> message.getBytes(StandardCharsets.UTF_8))
			.toList();
		return await(this.script.append(this.connection, known, batch, json)).position();
	}

	private static TopicScript.Reply await(Mono<TopicScript.Reply> reply) {
		return reply.block(Duration.ofSeconds(30));
	}

	private List<Object> kept() {
		return this.template.opsForStream()
			.range(this.script.stream(), Range.unbounded())
			.stream()
			.map((entry) -> entry.getValue().get("d"))
			.toList();
	}

	private static long epochOf(StreamPosition position) {
		return Long.parseLong(position.epoch());
	}

}
