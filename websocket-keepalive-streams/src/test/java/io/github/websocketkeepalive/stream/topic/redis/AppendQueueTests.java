package io.github.websocketkeepalive.stream.topic.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.topic.HistoryPolicy;

import static org.assertj.core.api.Assertions.assertThat;

class AppendQueueTests {

	private final AppendQueue queue = new AppendQueue(new HistoryPolicy(12, 400, Duration.ofMinutes(2)), "me");

	private final List<StreamPosition> placed = new ArrayList<>();

	@Test
	void oneBatchIsUnderWayAtATimeUntilItHasBeenReadBack() {
		add("a", "b");
		AppendQueue.Batch first = this.queue.next();
		assertThat(textOf(first)).containsExactly("a", "b");
		add("c");
		assertThat(this.queue.next()).isNull();
		this.queue.appended(first, at(7));
		assertThat(this.placed).containsExactly(at(7), at(8));
		this.queue.readUpTo(at(8));
		assertThat(this.queue.next()).isNull();
		this.queue.readUpTo(at(9));
		assertThat(textOf(this.queue.next())).containsExactly("c");
	}

	@Test
	void aBatchIsReadBackIfTheEpochIsAnother() {
		add("a");
		this.queue.appended(this.queue.next(), at(0));
		add("b");
		this.queue.readUpTo(new StreamPosition("2", 0));
		assertThat(textOf(this.queue.next())).containsExactly("b");
	}

	@Test
	void aBatchIsAQuarterOfTheHistoryAtMost() {
		add("a", "b", "c", "d");
		assertThat(textOf(this.queue.next())).containsExactly("a", "b", "c");
		AppendQueue other = new AppendQueue(new HistoryPolicy(1, 1, Duration.ofMinutes(2)), "me");
		add(other, "large");
		add(other, "other");
		assertThat(textOf(other.next())).containsExactly("large");
	}

	@Test
	void aBatchWithoutAnAnswerIsSentAgainAsItWas() {
		add("a", "b");
		AppendQueue.Batch batch = this.queue.next();
		add("c");
		this.queue.interrupted();
		assertThat(this.queue.next()).isSameAs(batch);
		assertThat(this.queue.next()).isNull();
	}

	@Test
	void aBatchWithAnAnswerIsNotSentAgain() {
		add("a");
		this.queue.appended(this.queue.next(), at(0));
		this.queue.interrupted();
		assertThat(this.queue.next()).isNull();
	}

	@Test
	void whatWasRefusedComesFirst() {
		add("a", "b");
		AppendQueue.Batch batch = this.queue.next();
		add("c");
		this.queue.refused(batch);
		AppendQueue.Batch again = this.queue.next();
		assertThat(again.number()).isNotEqualTo(batch.number());
		assertThat(textOf(again)).containsExactly("a", "b", "c");
	}

	@Test
	void whatWasSeenInRedisIsNeitherSentNorKeptAgain() {
		add("a", "b");
		AppendQueue.Batch batch = this.queue.next();
		add("c");
		this.queue.seen("me " + batch.number() + " 0", at(3));
		assertThat(this.placed).containsExactly(at(3));
		this.queue.refused(batch);
		AppendQueue.Batch again = this.queue.next();
		assertThat(textOf(again)).containsExactly("b", "c");
		this.queue.seen("me " + again.number() + " 1", at(4));
		add("d");
		assertThat(this.queue.removeAll()).extracting((message) -> new String(message.json(), StandardCharsets.UTF_8))
			.containsExactly("b", "d");
		assertThat(this.queue.next()).isNull();
	}

	@Test
	void aBatchOfTheSameNumberByAnotherWriterIsNotTakenForOurs() {
		add("a");
		AppendQueue.Batch batch = this.queue.next();
		this.queue.seen("another " + batch.number() + " 0", at(3));
		this.queue.seen("another " + batch.number() + " 4", at(4));
		this.queue.seen("me " + batch.number() + " 4", at(4));
		this.queue.seen("me " + batch.number() + " x", at(4));
		assertThat(this.placed).isEmpty();
		this.queue.appended(batch, at(5));
		assertThat(this.placed).containsExactly(at(5));
	}

	@Test
	void aMessageFailsAtOnceIfTooManyWait() {
		AppendQueue large = new AppendQueue(new HistoryPolicy(12, 400, Duration.ofMinutes(2)), "me");
		byte[] json = new byte[1 << 20];
		for (int i = 0; i < 16; i++) {
			Mono.<StreamPosition>create((sink) -> large.add(new AppendQueue.Message(json, sink))).subscribe();
		}
		StepVerifier.create(Mono.<StreamPosition>create((sink) -> large.add(new AppendQueue.Message(json, sink))))
			.verifyErrorMatches(Exceptions::isOverflow);
		assertThat(large.next()).isNotNull();
		StepVerifier.create(Mono.<StreamPosition>create((sink) -> large.add(new AppendQueue.Message(json, sink))))
			.expectSubscription()
			.expectNoEvent(Duration.ZERO)
			.thenCancel()
			.verify();
	}

	private void add(String... messages) {
		for (String message : messages) {
			add(this.queue, message);
		}
	}

	private void add(AppendQueue queue, String message) {
		byte[] json = message.getBytes(StandardCharsets.UTF_8);
		Mono.<StreamPosition>create((sink) -> queue.add(new AppendQueue.Message(json, sink)))
			.subscribe(this.placed::add);
	}

	private static StreamPosition at(long offset) {
		return new StreamPosition("1", offset);
	}

	private static List<String> textOf(AppendQueue.Batch batch) {
		return batch.json().stream().map((json) -> new String(json, StandardCharsets.UTF_8)).toList();
	}

}
