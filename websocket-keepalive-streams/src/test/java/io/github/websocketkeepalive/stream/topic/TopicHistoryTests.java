package io.github.websocketkeepalive.stream.topic;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.stream.FeedSignal;
import io.github.websocketkeepalive.stream.protocol.EncodedItem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TopicHistoryTests {

	private static final Duration TTL = Duration.ofNanos(100);

	private long now;

	@Test
	void beginsEmptyAtItsOffset() {
		TopicHistory history = new TopicHistory(new HistoryPolicy(3, 100, TTL), "e", 7);
		assertThat(history.epoch()).isEqualTo("e");
		assertThat(history.first()).isEqualTo(7);
		assertThat(history.oldest()).isEqualTo(7);
		assertThat(history.head()).isEqualTo(7);
	}

	@Test
	void keepsTheNewestMessages() {
		TopicHistory history = new TopicHistory(new HistoryPolicy(3, 100, TTL), "e", 0);
		append(history, "a", "b", "c");
		assertThat(kept(history)).containsExactly("a", "b", "c");
		append(history, "d");
		assertThat(kept(history)).containsExactly("b", "c", "d");
		assertThat(history.oldest()).isEqualTo(1);
		assertThat(history.head()).isEqualTo(4);
		assertThat(history.get(0)).isNull();
		assertThat(history.get(3)).isNotNull();
	}

	@Test
	void growsUntilItIsAsLargeAsItMayBe() {
		TopicHistory history = new TopicHistory(new HistoryPolicy(50, 1000, TTL), "e", 5);
		for (int i = 0; i < 120; i++) {
			append(history, "m" + i);
		}
		assertThat(history.oldest()).isEqualTo(75);
		assertThat(history.head()).isEqualTo(125);
		assertThat(kept(history)).hasSize(50).startsWith("m70").endsWith("m119");
	}

	@Test
	void keepsNoMoreBytesThanItMay() {
		TopicHistory history = new TopicHistory(new HistoryPolicy(10, 10, TTL), "e", 0);
		append(history, "1234", "5678", "90");
		assertThat(history.bytes()).isEqualTo(10);
		append(history, "a");
		assertThat(kept(history)).containsExactly("5678", "90", "a");
		assertThat(history.bytes()).isEqualTo(7);
	}

	@Test
	void keepsTheNewestMessageWhateverItsSize() {
		TopicHistory history = new TopicHistory(new HistoryPolicy(10, 5, TTL), "e", 0);
		append(history, "12", "a message that is too large");
		assertThat(kept(history)).containsExactly("a message that is too large");
		append(history, "34");
		assertThat(kept(history)).containsExactly("34");
		assertThat(history.bytes()).isEqualTo(2);
	}

	@Test
	void forgetsWhatIsTooOldToTheNanosecond() {
		TopicHistory history = new TopicHistory(new HistoryPolicy(10, 100, TTL), "e", 0);
		append(history, "a");
		this.now = 1;
		append(history, "b");
		this.now = 99;
		history.removeExpired(this.now);
		assertThat(kept(history)).containsExactly("a", "b");
		this.now = 100;
		history.removeExpired(this.now);
		assertThat(kept(history)).containsExactly("b");
		this.now = 101;
		append(history, "c");
		assertThat(kept(history)).containsExactly("c");
		assertThat(history.oldest()).isEqualTo(2);
	}

	@Test
	void countsTheAgeFromWhenAMessageWasAppendedElsewhere() {
		TopicHistory history = new TopicHistory(new HistoryPolicy(10, 100, TTL), "e", 0);
		this.now = 1000;
		history.append(bytes("a"), 950, this.now);
		history.removeExpired(1049);
		assertThat(kept(history)).containsExactly("a");
		history.removeExpired(1050);
		assertThat(kept(history)).isEmpty();
		assertThat(history.oldest()).isEqualTo(1);
	}

	@Test
	void skipsWhatNobodyKnows() {
		TopicHistory history = new TopicHistory(new HistoryPolicy(3, 100, TTL), "e", 0);
		append(history, "a", "b");
		history.skipTo(10);
		assertThat(history.oldest()).isEqualTo(10);
		assertThat(history.head()).isEqualTo(10);
		assertThat(history.bytes()).isZero();
		assertThat(history.get(0)).isNull();
		append(history, "c");
		assertThat(kept(history)).containsExactly("c");
		assertThat(history.head()).isEqualTo(11);
	}

	@Test
	void boundsAreAboveZero() {
		assertThatIllegalArgumentException().isThrownBy(() -> new HistoryPolicy(0, 1, TTL));
		assertThatIllegalArgumentException().isThrownBy(() -> new HistoryPolicy(1, 0, TTL));
		assertThatIllegalArgumentException().isThrownBy(() -> new HistoryPolicy(1, 1, Duration.ZERO));
		assertThatIllegalArgumentException().isThrownBy(() -> new HistoryPolicy(1, 1, Duration.ofNanos(-1)));
	}

	private void append(TopicHistory history, String... messages) {
		for (String message : messages) {
			history.append(bytes(message), this.now, this.now);
		}
	}

	private static byte[] bytes(String message) {
		return message.getBytes(StandardCharsets.UTF_8);
	}

	static List<String> kept(TopicHistory history) {
		List<String> kept = new ArrayList<>();
		for (long offset = history.oldest(); offset < history.head(); offset++) {
			FeedSignal.Item item = history.get(offset);
			kept.add(new String(((EncodedItem) item.value()).json(), StandardCharsets.UTF_8));
		}
		return kept;
	}

}
