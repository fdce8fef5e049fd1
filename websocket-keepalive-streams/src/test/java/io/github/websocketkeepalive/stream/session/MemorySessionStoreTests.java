package io.github.websocketkeepalive.stream.session;

import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

class MemorySessionStoreTests {

	private static final Duration TTL = Duration.ofMinutes(2);

	private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10);

	private final MemorySessionStore store = new MemorySessionStore(TTL, 3, 3000, this.now::get);

	@Test
	void aSessionIsTakenOnce() {
		StreamSession session = save("a");
		assertThat(take("a")).isSameAs(session);
		assertThat(take("a")).isNull();
	}

	@Test
	void nobodyKnowsAnotherKey() {
		save("a");
		assertThat(take("b")).isNull();
	}

	@Test
	void aSessionIsKeptForItsTimeAndNotLonger() {
		save("a");
		save("b");
		this.now.addAndGet(TTL.toNanos() - 1);
		assertThat(take("a")).isNotNull();
		this.now.addAndGet(1);
		assertThat(take("b")).isNull();
	}

	@Test
	void theOldestGivesWay() {
		save("a");
		save("b");
		save("c");
		save("d");
		assertThat(take("a")).isNull();
		assertThat(take("b")).isNotNull();
		assertThat(take("d")).isNotNull();
	}

	@Test
	void theOldestGivesWayToTheWeightOfOthers() {
		save("a");
		save("b", Map.of("list", Collections.nCopies(8, Map.of())));
		assertThat(take("a")).isNotNull();
		save("a");
		save("c", Map.of("text", "x".repeat(300)));
		assertThat(take("b")).isNull();
		assertThat(take("a")).isNotNull();
		assertThat(take("c")).isNotNull();
	}

	@Test
	void theOldestGivesWayAmongClientsThatHaveOneEach() {
		for (String key : List.of("a", "b", "c", "d")) {
			saveFor("client of " + key, key, Map.of());
		}
		assertThat(take("a")).isNull();
		assertThat(List.of(take("b"), take("c"), take("d"))).doesNotContainNull();
	}

	@Test
	void whoHasTheMostSessionsLosesItsOldest() {
		saveFor("victim", "a", Map.of());
		for (int i = 0; i < 10; i++) {
			saveFor("attacker", "b" + i, Map.of());
		}
		assertThat(take("a")).isNotNull();
		assertThat(take("b7")).isNull();
		assertThat(take("b8")).isNotNull();
		assertThat(take("b9")).isNotNull();
	}

	@Test
	void whoHasTheHeaviestSessionsLosesItsOldest() {
		saveFor("victim", "a", Map.of());
		saveFor("attacker", "b", Map.of("data", new byte[900]));
		saveFor("attacker", "c", Map.of("data", new byte[900]));
		assertThat(take("a")).isNotNull();
		assertThat(take("b")).isNull();
		assertThat(take("c")).isNotNull();
	}

	@Test
	void whoeverSavesWhoHasMostGivesWay() {
		for (String key : List.of("a", "b", "c")) {
			saveFor("attacker", key, Map.of());
		}
		saveFor("newcomer", "d", Map.of());
		assertThat(take("a")).isNull();
		assertThat(List.of(take("b"), take("c"), take("d"))).doesNotContainNull();
	}

	@Test
	void clientsThatHaveAboutTheSameGiveWayInTurn() {
		MemorySessionStore larger = new MemorySessionStore(TTL, 6, 1_000_000, this.now::get);
		for (String key : List.of("a1", "a2", "a3", "b1", "b2", "b3", "c1", "d1")) {
			larger.save(key, session(key, Map.of()), "client " + key.charAt(0)).block();
		}
		assertThat(larger.take("a1").block()).isNull();
		assertThat(larger.take("b1").block()).isNull();
		assertThat(larger.take("a2").block()).isNotNull();
		assertThat(larger.take("b2").block()).isNotNull();
	}

	@Test
	void whatHasExpiredGoesBeforeAnythingElse() {
		saveFor("leaver", "a", Map.of());
		this.now.addAndGet(TTL.toNanos() - 1);
		saveFor("other", "b", Map.of());
		saveFor("other", "c", Map.of());
		this.now.addAndGet(1);
		saveFor("newcomer", "d", Map.of());
		assertThat(List.of(take("b"), take("c"), take("d"))).doesNotContainNull();
	}

	@Test
	void whoHasTakenItsSessionsHasNone() {
		for (String key : List.of("a", "b", "c")) {
			saveFor("once large", key, Map.of());
			take(key);
		}
		saveFor("once large", "d", Map.of());
		saveFor("large", "e", Map.of());
		saveFor("large", "f", Map.of());
		saveFor("newcomer", "g", Map.of());
		assertThat(take("e")).isNull();
		assertThat(List.of(take("d"), take("f"), take("g"))).doesNotContainNull();
	}

	@Test
	void aSessionThatIsSavedAnewIsThatOfItsNewClientAlone() {
		saveFor("first", "a", Map.of());
		saveFor("second", "a", Map.of());
		saveFor("first", "b", Map.of());
		saveFor("second", "c", Map.of());
		saveFor("third", "d", Map.of());
		assertThat(take("a")).isNull();
		assertThat(List.of(take("b"), take("c"), take("d"))).doesNotContainNull();
	}

	@Test
	void noClientIsRememberedOfWhomNothingIsKept() {
		for (int i = 0; i < 20; i++) {
			saveFor("client " + i, "key " + i, Map.of("data", new byte[i * 100]));
		}
		this.now.addAndGet(TTL.toNanos());
		take("key 19");
		Object shares = ReflectionTestUtils.getField(this.store, "shares");
		assertThat((Map<?, ?>) ReflectionTestUtils.getField(shares, "clients")).isEmpty();
		assertThat((Map<?, ?>) ReflectionTestUtils.getField(shares, "sizes")).isEmpty();
	}

	@Test
	void whatWeighsTooMuchByItselfIsNotKept() {
		save("a", Map.of("data", new byte[3000]));
		assertThat(take("a")).isNull();
		save("b", Map.of("data", new byte[200]));
		assertThat(take("b")).isNotNull();
	}

	@Test
	void sessionsTakeASixteenthOfASmallHeap() {
		assertThat(MemorySessionStore.maxWeight(128 << 20)).isEqualTo(8 << 20);
		assertThat(MemorySessionStore.maxWeight(4L << 30)).isEqualTo(64 << 20);
	}

	@Test
	void whatIsKeptDoesNotChange() {
		Map<String, Object> attributes = new HashMap<>(Map.of("cart", 1));
		this.store.save("a", new StreamSession("id", attributes, List.of())).block();
		attributes.put("cart", 2);
		assertThat(take("a").attributes()).containsEntry("cart", 1);
	}

	private StreamSession save(String key) {
		StreamSession session = new StreamSession("id-" + key, Map.of(), List.of());
		this.store.save(key, session).block();
		return session;
	}

	private void save(String key, Map<String, Object> request) {
		this.store.save(key, session(key, request)).block();
	}

	private void saveFor(String client, String key, Map<String, Object> request) {
		this.store.save(key, session(key, request), client).block();
	}

	private static StreamSession session(String key, Map<String, Object> request) {
		return new StreamSession("id-" + key, Map.of(),
				List.of(new StreamSession.OpenStream("s1", null, "trades", request, null, null)));
	}

	private StreamSession take(String key) {
		return this.store.take(key).block();
	}

}
