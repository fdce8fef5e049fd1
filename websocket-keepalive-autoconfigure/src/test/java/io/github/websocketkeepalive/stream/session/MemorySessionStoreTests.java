package io.github.websocketkeepalive.stream.session;

import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

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
	void whatWeighsTooMuchByItselfIsNotKept() {
		save("a", Map.of("data", new byte[3000]));
		assertThat(take("a")).isNull();
		save("b", Map.of("data", new byte[200]));
		assertThat(take("b")).isNotNull();
	}

	@Test
	void sessionsTakeASixteenthOfASmallHeap() {
		assertThat(MemorySessionStore.mostWeight(128 << 20)).isEqualTo(8 << 20);
		assertThat(MemorySessionStore.mostWeight(4L << 30)).isEqualTo(64 << 20);
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
		this.store
			.save(key,
					new StreamSession("id-" + key, Map.of(),
							List.of(new StreamSession.OpenStream("s1", null, "trades", request, null, null))))
			.block();
	}

	private StreamSession take(String key) {
		return this.store.take(key).block();
	}

}
