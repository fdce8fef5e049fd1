package io.github.websocketkeepalive.stream.session.redis;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.session.StreamSession;
import io.github.websocketkeepalive.test.EmbeddedRedis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

class RedisSessionStoreTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final StreamSession SESSION = new StreamSession("s1", Map.of("user", "ann", "seats", List.of(1, 2)),
			List.of(new StreamSession.OpenStream("a", "r1", "trades", Map.of("from", "monday"), 4,
					new StreamPosition("e", 7)),
					new StreamSession.OpenStream("b", null, "prices", Map.of(), null, null)));

	private static EmbeddedRedis redis;

	private static LettuceConnectionFactory factory;

	private final RedisSessionStore store = store(Duration.ofMinutes(2));

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

	@Test
	void givesBackWhatWasSaved() {
		this.store.save("key", SESSION).block(PATIENCE);
		assertThat(store(Duration.ofMinutes(2)).take("key").block(PATIENCE)).isEqualTo(SESSION);
	}

	@Test
	void givesASessionToOneOfManyWhoAsk() {
		this.store.save("key", SESSION).block(PATIENCE);
		List<StreamSession> taken = Flux
			.merge(IntStream.range(0, 20).mapToObj((i) -> store(Duration.ofMinutes(2)).take("key")).toList())
			.collectList()
			.block(PATIENCE);
		assertThat(taken).containsExactly(SESSION);
		assertThat(this.store.take("key").block(PATIENCE)).isNull();
	}

	@Test
	void knowsNothingOfOtherKeys() {
		this.store.save("key", SESSION).block(PATIENCE);
		assertThat(this.store.take("another").block(PATIENCE)).isNull();
	}

	@Test
	void waitsForASaveThatIsOnItsWay() {
		await().atMost(PATIENCE).until(() -> SESSION.equals(takeBeforeItIsSaved("coming")));
	}

	// A busy machine may save too late, but not each time.
	private @Nullable StreamSession takeBeforeItIsSaved(String key) {
		this.store.take(key).block(PATIENCE);
		long before = lookUps();
		CompletableFuture<StreamSession> taken = this.store.take(key).toFuture();
		await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> lookUps() > before);
		this.store.save(key, SESSION).block(PATIENCE);
		return taken.join();
	}

	@Test
	void looksFourTimesMoreForWhatNobodySaved() {
		long before = lookUps();
		assertThat(this.store.take("another").block(PATIENCE)).isNull();
		assertThat(lookUps() - before).isEqualTo(5);
	}

	@Test
	void forgetsASessionInTime() {
		store(Duration.ofMillis(100)).save("key", SESSION).block(PATIENCE);
		StringRedisTemplate template = new StringRedisTemplate(factory);
		await().atMost(PATIENCE).until(() -> Objects.equals(template.hasKey("websocket-keepalive:session:key"), false));
		assertThat(this.store.take("key").block(PATIENCE)).isNull();
		this.store.save("key", SESSION).block(PATIENCE);
		assertThat(template.getExpire("websocket-keepalive:session:key")).isBetween(1L, 120L);
	}

	@Test
	void refusesWhatCannotBeWritten() {
		assertThatException()
			.isThrownBy(() -> this.store.save("key", new StreamSession("s", Map.of("bad", new Unwritable()), List.of()))
				.block(PATIENCE));
	}

	@Test
	void failsInTimeWhileRedisIsFrozen() {
		this.store.save("key", SESSION).block(PATIENCE);
		redis.pause();
		try {
			assertThatException().isThrownBy(() -> this.store.take("key").block(PATIENCE))
				.withMessage("No answer within 2000 ms");
		}
		finally {
			redis.resume();
		}
	}

	private static long lookUps() {
		Properties commands = Objects.requireNonNull(new StringRedisTemplate(factory)
			.execute((RedisCallback<Properties>) (connection) -> connection.serverCommands().info("commandstats")));
		Matcher calls = Pattern.compile("calls=(\\d+)").matcher(commands.getProperty("cmdstat_getdel", "calls=0"));
		return calls.find() ? Long.parseLong(calls.group(1)) : 0;
	}

	private static RedisSessionStore store(Duration ttl) {
		return new RedisSessionStore(factory, ttl, JsonMapper.shared());
	}

	/**
	 * Cannot be written as JSON.
	 */
	public static final class Unwritable {

		public String getSecret() {
			throw new IllegalStateException("not to be written");
		}

	}

}
