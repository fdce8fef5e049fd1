package io.github.websocketkeepalive.stream.topic.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.domain.Range;
import org.springframework.data.redis.connection.ReactiveRedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.topic.HistoryPolicy;
import io.github.websocketkeepalive.test.EmbeddedRedis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

class TopicScriptTests {

	private static final String KEY = "websocket-keepalive:stream:{prices}";

	private static final KnownEnd NOTHING = KnownEnd.NOTHING;

	private static final long NEVER = Long.MAX_VALUE / 2;

	private static EmbeddedRedis redis;

	private static LettuceConnectionFactory factory;

	private final StringRedisTemplate template = new StringRedisTemplate(factory);

	private final ReactiveRedisConnection connection = factory.getReactiveConnection();

	private final TopicScript script = script("me");

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
		KnownEnd begun = attach(NOTHING);
		assertThat(begun.position().offset()).isZero();
		assertThat(attach(NOTHING)).isEqualTo(begun);
		assertThat(attach(begun)).isEqualTo(begun);
	}

	@Test
	void anEpochIsGreaterThanAllThatWereKnown() {
		assertThat(epochOf(attach(known("4000000000000000", 3, "me 1 2")))).isEqualTo(4000000000000001L);
	}

	@Test
	void anEpochThatIsBehindWhatWasKnownIsRenewed() {
		KnownEnd begun = attach(NOTHING);
		assertThat(attach(known(begun.position().epoch(), 1, "me 1 0")).position().epoch())
			.isNotEqualTo(begun.position().epoch());
		assertThat(epochOf(attach(known("4000000000000000", 3, "me 1 2")))).isEqualTo(4000000000000001L);
	}

	@Test
	void aRenewedEpochHasNoMessages() {
		KnownEnd begun = attach(NOTHING);
		append(begun, 1, "a");
		KnownEnd renewed = run(this.script.attach(this.connection, begun, true, false)).end();
		assertThat(epochOf(renewed)).isGreaterThan(epochOf(begun));
		assertThat(renewed.position().offset()).isZero();
		assertThat(renewed.last()).isEmpty();
		assertThat(this.template.hasKey(KEY)).isFalse();
	}

	@Test
	void appendsMessagesOneAfterTheOther() {
		KnownEnd begun = attach(NOTHING);
		assertThat(append(begun, 1, "a", "b").position()).isEqualTo(begun.position());
		assertThat(append(begun, 2, "c").position().offset()).isEqualTo(2);
		assertThat(kept()).containsExactly("a", "b", "c");
	}

	@Test
	void namesTheLastMessageByItsWriterAndBatch() {
		KnownEnd begun = attach(NOTHING);
		append(begun, 7, "a", "b");
		assertThat(attach(begun).last()).isEqualTo("me 7 1");
	}

	@Test
	void anEpochGoesOnForWhoeverIsBehind() {
		KnownEnd begun = attach(NOTHING);
		append(begun, 1, "a", "b", "c");
		assertThat(attach(begun).position().epoch()).isEqualTo(begun.position().epoch());
		assertThat(attach(known(begun.position().epoch(), 2, "me 1 1")).position())
			.isEqualTo(new StreamPosition(begun.position().epoch(), 3));
	}

	@Test
	void anEpochEndsIfAnotherMessageIsAtTheOffsetThatWasSeenLast() {
		KnownEnd begun = attach(NOTHING);
		append(begun, 1, "a", "b", "c");
		KnownEnd other = known(begun.position().epoch(), 2, "other 1 1");
		assertThat(run(append(this.script, other, 2, NEVER, "d")).outcome()).isEqualTo(TopicScript.Outcome.REFUSED);
		assertThat(epochOf(attach(other))).isGreaterThan(epochOf(begun));
	}

	@Test
	void anEpochEndsIfAnotherMessageIsTheLastOne() {
		KnownEnd begun = attach(NOTHING);
		append(begun, 1, "a", "b");
		assertThat(epochOf(attach(known(begun.position().epoch(), 2, "other 1 1")))).isGreaterThan(epochOf(begun));
	}

	@Test
	void anEpochGoesOnThoughTheMessageThatWasSeenLastIsNotKeptAnyMore() {
		KnownEnd begun = attach(NOTHING);
		append(begun, 1, "a", "b", "c", "d", "e", "f", "g");
		assertThat(attach(known(begun.position().epoch(), 1, "me 1 0")).position())
			.isEqualTo(new StreamPosition(begun.position().epoch(), 7));
	}

	@Test
	void anEpochEndsWithTheDataSet() {
		KnownEnd begun = attach(NOTHING);
		append(begun, 1, "a");
		this.template.opsForHash().put(KEY + ":meta", "data", "of another start of Redis");
		assertThat(run(append(this.script, begun, 2, NEVER, "b")).outcome()).isEqualTo(TopicScript.Outcome.REFUSED);
		assertThat(epochOf(attach(NOTHING))).isGreaterThan(epochOf(begun));
		assertThat(kept()).isEmpty();
	}

	@Test
	void aBatchIsAppendedOnceHoweverOftenItIsSent() {
		KnownEnd begun = attach(NOTHING);
		KnownEnd first = append(begun, 1, "a", "b");
		assertThat(append(begun, 1, "a", "b").position()).isEqualTo(first.position());
		assertThat(kept()).containsExactly("a", "b");
		run(this.script.attach(this.connection, begun, true, false));
		assertThat(append(begun, 1, "a", "b").position()).isEqualTo(first.position());
		assertThat(kept()).isEmpty();
	}

	@Test
	void batchesOfTwoWritersWithTheSameNumberAreBothAppended() {
		KnownEnd begun = attach(NOTHING);
		append(begun, 1, "a");
		assertThat(run(append(script("other"), begun, 1, NEVER, "b")).end().position().offset()).isEqualTo(1);
		assertThat(kept()).containsExactly("a", "b");
	}

	@Test
	void aBatchThatComesAfterALaterOneIsRefused() {
		KnownEnd begun = attach(NOTHING);
		append(begun, 9, "a");
		KnownEnd second = append(begun, 10, "b");
		assertThat(run(append(this.script, begun, 9, NEVER, "a")).outcome()).isEqualTo(TopicScript.Outcome.REFUSED);
		assertThat(append(begun, 10, "b").position()).isEqualTo(second.position());
		append(begun, 11, "c");
		assertThat(kept()).containsExactly("a", "b", "c");
	}

	@Test
	void aBatchThatComesAfterItsTimeIsRefused() {
		KnownEnd begun = attach(NOTHING);
		long now = run(this.script.attach(this.connection, NOTHING, false, false)).micros();
		assertThat(run(append(this.script, begun, 1, now - 1, "a")).outcome()).isEqualTo(TopicScript.Outcome.REFUSED);
		assertThat(run(append(this.script, begun, 2, now + TimeUnit.HOURS.toMicros(1), "a")).outcome())
			.isEqualTo(TopicScript.Outcome.DONE);
	}

	@Test
	void refusesToAppendToAnotherEpochOrToOneThatHasGoneBack() {
		KnownEnd begun = attach(NOTHING);
		assertThat(run(append(this.script, known("1", 0, ""), 1, NEVER, "a")).outcome())
			.isEqualTo(TopicScript.Outcome.REFUSED);
		assertThat(run(append(this.script, known(begun.position().epoch(), 1, "me 1 0"), 2, NEVER, "a")).outcome())
			.isEqualTo(TopicScript.Outcome.REFUSED);
		assertThat(kept()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "9007199254740991", "9007199254740992", "99999999999999999", "-1", "1e3", "1.5", " 1",
			"nan", "", "x" })
	void aNumberingThatIsNoneBeginsAnew(String number) {
		KnownEnd begun = attach(NOTHING);
		this.template.opsForHash().put(KEY + ":meta", "epoch", number);
		KnownEnd renewed = attach(begun);
		assertThat(epochOf(renewed)).isGreaterThan(epochOf(begun)).isLessThan(1L << 53);
		this.template.opsForHash().put(KEY + ":meta", "next", number);
		assertThat(epochOf(attach(renewed))).isGreaterThan(epochOf(renewed)).isLessThan(1L << 53);
	}

	@ParameterizedTest
	@ValueSource(strings = { "99999999999999999-0", "18446744073709551615-18446744073709551614", "*" })
	void tellsOfForeignEntriesThatStandWhereMessagesAreToGo(String id) {
		KnownEnd begun = attach(NOTHING);
		append(begun, 1, "a");
		redis.command("XADD %s %s foo bar".formatted(KEY, id));
		assertThat(run(append(this.script, begun, 2, NEVER, "b")).outcome()).isEqualTo(TopicScript.Outcome.FOREIGN);
		KnownEnd renewed = run(this.script.attach(this.connection, begun, true, false)).end();
		append(renewed, 3, "b");
		assertThat(kept()).containsExactly("b");
	}

	@Test
	void foreignEntriesBeforeTheMessagesAreRemovedInTheirTurn() {
		KnownEnd begun = attach(NOTHING);
		redis.command("XADD %s 1-1 foo bar".formatted(KEY));
		append(begun, 1, "a");
		assertThat(kept()).containsExactly("a");
	}

	@Test
	void keepsWhatIsWithinTheBounds() {
		KnownEnd begun = attach(NOTHING);
		append(begun, 1, "a", "b", "c", "d", "e", "f");
		assertThat(kept()).containsExactly("b", "c", "d", "e", "f");
		append(begun, 2, "x".repeat(97));
		assertThat(kept()).containsExactly("d", "e", "f", "x".repeat(97));
		append(begun, 3, "y".repeat(200));
		assertThat(kept()).containsExactly("y".repeat(200));
		assertThat(this.template.opsForHash().get(KEY + ":meta", "bytes")).isEqualTo("200");
	}

	@Test
	void aProbeFailsIfRedisHasNoRoomAndNothingIsRemoved() {
		KnownEnd begun = attach(NOTHING);
		append(begun, 1, "a");
		redis.command("CONFIG SET maxmemory 1");
		try {
			for (boolean renew : List.of(false, true)) {
				assertThatException().isThrownBy(() -> run(this.script.attach(this.connection, begun, renew, true)))
					.withStackTraceContaining("OOM ");
			}
		}
		finally {
			redis.command("CONFIG SET maxmemory 0");
		}
		assertThat(kept()).containsExactly("a");
	}

	private static TopicScript script(String writer) {
		return new TopicScript("prices", new HistoryPolicy(5, 100, Duration.ofMinutes(2)), writer);
	}

	private static KnownEnd known(String epoch, long offset, String last) {
		return new KnownEnd(new StreamPosition(epoch, offset), last);
	}

	private KnownEnd attach(KnownEnd known) {
		return run(this.script.attach(this.connection, known, false, false)).end();
	}

	private KnownEnd append(KnownEnd known, long batch, String... messages) {
		TopicScript.Reply reply = run(append(this.script, known, batch, NEVER, messages));
		assertThat(reply.outcome()).isEqualTo(TopicScript.Outcome.DONE);
		return reply.end();
	}

	private Mono<TopicScript.Reply> append(TopicScript script, KnownEnd known, long batch, long expires,
			String... messages) {
		return Flux.just(messages).map((message) -> message.getBytes(StandardCharsets.UTF_8)).flatMap((json) -> {
			Sinks.One<AppendQueue.Message> message = Sinks.one();
			Mono.<StreamPosition>create((sink) -> message.tryEmitValue(new AppendQueue.Message(json, sink)))
				.subscribe();
			return message.asMono();
		})
			.collectList()
			.flatMap((list) -> script.append(this.connection, known, new AppendQueue.Batch(batch, list), expires));
	}

	private static TopicScript.Reply run(Mono<TopicScript.Reply> reply) {
		return Objects.requireNonNull(reply.block(Duration.ofSeconds(30)));
	}

	private List<Object> kept() {
		return this.template.opsForStream()
			.range(KEY, Range.unbounded())
			.stream()
			.map((entry) -> entry.getValue().get("d"))
			.toList();
	}

	private static long epochOf(KnownEnd end) {
		return Long.parseLong(end.position().epoch());
	}

}
