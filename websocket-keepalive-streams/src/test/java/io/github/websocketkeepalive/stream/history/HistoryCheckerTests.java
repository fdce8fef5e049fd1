package io.github.websocketkeepalive.stream.history;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.stream.StreamPosition;

import static org.assertj.core.api.Assertions.assertThat;

class HistoryCheckerTests {

	private final List<History.Entry> history = new ArrayList<>();

	private long millis;

	@Test
	void aHistoryInWhichEverythingComesIsFine() {
		started("a");
		opened("s", null, at("1", 0), false, 0L);
		published("a", 1, at("1", 0));
		received("s", at("1", 0), "a", 1);
		add(new Event.Healed());
		published("a", 2, at("1", 1));
		received("s", at("1", 1), "a", 2);
		assertFine();
	}

	@Test
	void aGapThatIsToldIsFine() {
		opened("s", null, at("1", 0), false, 0L);
		add(new Event.Left("s"));
		published("a", 1, at("1", 0));
		published("a", 2, at("1", 1));
		opened("s", at("1", 0), at("1", 1), false, 1L);
		received("s", at("1", 1), "a", 2);
		assertFine();
	}

	@Test
	void messagesThatComeAgainAfterAnOpeningAreFine() {
		opened("s", null, at("1", 0), false, 0L);
		received("s", at("1", 0), "a", 1);
		received("s", at("1", 1), "a", 2);
		opened("s", at("1", 2), at("1", 1), false, null);
		received("s", at("1", 1), "a", 2);
		received("s", at("1", 2), "a", 3);
		assertFine();
	}

	@Test
	void aMessageMayComeAgainInAnotherEpoch() {
		opened("s", null, at("1", 0), false, 0L);
		received("s", at("1", 0), "a", 1);
		opened("s", at("1", 1), at("2", 5), false, null);
		received("s", at("2", 5), "a", 1);
		assertFine();
	}

	@Test
	void aClientOfARefusedPositionBeginsAnew() {
		opened("s", null, at("1", 7), false, 0L);
		add(new Event.Opening("s", "a", at("1", 7)));
		add(new Event.Ended("s", "bad-position"));
		opened("s", null, at("1", 3), false, 0L);
		received("s", at("1", 3), "a", 1);
		assertFine();
	}

	@Test
	void aSubscriberThatHasAMessageNeedNotGetItAgain() {
		started("a");
		opened("s", null, at("1", 0), false, 0L);
		add(new Event.Healed());
		published("a", 1, at("1", 0));
		received("s", at("1", 0), "a", 1);
		opened("s", at("1", 1), at("1", 0), false, null);
		assertFine();
	}

	@Test
	void aMessageAfterARefusedPositionIsLostIfItDoesNotCome() {
		started("a");
		opened("s", null, at("1", 7), false, 0L);
		add(new Event.Opening("s", "a", at("1", 7)));
		add(new Event.Ended("s", "bad-position"));
		opened("s", null, at("1", 3), false, 0L);
		add(new Event.Healed());
		published("a", 1, at("1", 3));
		assertFound(Violation.Kind.LOST, "Subscriber s was connected to the end, but a-1 at offset 3 of epoch 1 did "
				+ "not come; it waits for offset 3.");
	}

	@Test
	void aMessageThatIsSkippedInSilenceIsLost() {
		opened("s", null, at("1", 0), false, 0L);
		published("a", 1, at("1", 0));
		received("s", at("1", 1), "a", 2);
		assertFound(Violation.Kind.LOST,
				"Subscriber s got offset 1 of epoch 1 after offset -1, and no word of what " + "lies between.");
	}

	@Test
	void aMessageThatDoesNotComeToAConnectedSubscriberIsLost() {
		started("a");
		opened("s", null, at("1", 0), false, 0L);
		add(new Event.Healed());
		published("a", 1, at("1", 0));
		assertFound(Violation.Kind.LOST, "Subscriber s was connected to the end, but a-1 at offset 0 of epoch 1 did "
				+ "not come; it waits for offset 0.");
	}

	@Test
	void nothingIsLostToASubscriberThatHasLeft() {
		started("a");
		opened("s", null, at("1", 0), false, 0L);
		add(new Event.Left("s"));
		add(new Event.Healed());
		published("a", 1, at("1", 0));
		assertFine();
	}

	@Test
	void twoMessagesAtAPositionAreFoundThoughOnlySubscribersSawThem() {
		opened("s", null, at("1", 0), false, 0L);
		opened("t", null, at("1", 0), false, 0L);
		received("s", at("1", 0), "a", 1);
		received("t", at("1", 0), "b", 1);
		assertFound(Violation.Kind.TWO_MESSAGES,
				"Offset 0 of epoch 1 is a-1 to subscriber s, and b-1 to subscriber t.");
	}

	@Test
	void aPublishThatCompletesWithThePositionOfAnotherMessageIsFound() {
		opened("s", null, at("1", 0), false, 0L);
		published("a", 1, at("1", 0));
		received("s", at("1", 0), "b", 1);
		assertFound(Violation.Kind.TWO_MESSAGES,
				"Offset 0 of epoch 1 is a-1 to its publisher, and b-1 to subscriber s.");
	}

	@Test
	void anOffsetThatIsDeliveredTwiceIsADuplicate() {
		opened("s", null, at("1", 0), false, 0L);
		received("s", at("1", 0), "a", 1);
		received("s", at("1", 0), "a", 1);
		assertFound(Violation.Kind.DUPLICATE, "Subscriber s got offset 0 of epoch 1 twice.");
	}

	@Test
	void aMessageAtTwoOffsetsIsADuplicate() {
		opened("s", null, at("1", 0), false, 0L);
		received("s", at("1", 0), "a", 1);
		received("s", at("1", 1), "a", 1);
		assertFound(Violation.Kind.DUPLICATE, "Message a-1 is at offset 0 and at offset 1 of epoch 1.");
	}

	@Test
	void aGapOfAnotherSizeThanToldIsAWrongCount() {
		opened("s", at("1", 2), at("1", 5), false, 2L);
		assertFound(Violation.Kind.WRONG_COUNT, "Subscriber s was told recovered=false and missing=2 at offset 5 of "
				+ "epoch 1, but 3 are missing from offset 2 on.");
	}

	@Test
	void aGapThatIsToldAsNoneIsAWrongCount() {
		opened("s", at("1", 2), at("1", 5), true, 0L);
		assertFound(Violation.Kind.WRONG_COUNT, "Subscriber s was told recovered=true and missing=0 at offset 5 of "
				+ "epoch 1, but 3 are missing from offset 2 on.");
	}

	@Test
	void aGapThatIsCountedAndToldAsRecoveredIsAWrongCount() {
		opened("s", at("1", 2), at("1", 5), true, 3L);
		assertFound(Violation.Kind.WRONG_COUNT, "Subscriber s was told recovered=true and missing=3 at offset 5 of "
				+ "epoch 1, but 3 are missing from offset 2 on.");
	}

	@Test
	void aCountAcrossEpochsIsAWrongCount() {
		opened("s", at("1", 2), at("2", 0), false, 0L);
		assertFound(Violation.Kind.WRONG_COUNT, "Subscriber s was told recovered=false and missing=0 at offset 0 of "
				+ "epoch 2, but it comes from the epoch 1.");
	}

	@Test
	void anOverrunIsCountedFromWhereTheStreamWas() {
		opened("s", at("1", 9), at("1", 5), false, null);
		received("s", at("1", 5), "a", 5);
		add(new Event.Opened("s", at("1", 12), false, 6L));
		assertFine();
	}

	@Test
	void anOffsetBehindALaterOneIsOutOfOrder() {
		opened("s", null, at("1", 5), false, 0L);
		received("s", at("1", 4), "a", 1);
		assertFound(Violation.Kind.OUT_OF_ORDER, "Subscriber s got offset 4 of epoch 1 after later ones.");
	}

	@Test
	void messagesInAnotherOrderThanPublishedAreOutOfOrder() {
		published("a", 2, at("1", 0));
		published("a", 1, at("1", 3));
		assertFound(Violation.Kind.OUT_OF_ORDER, "Message a-1 is at offset 3 of epoch 1, behind a-2.");
	}

	@Test
	void aPublishWithoutAnAnswerHangs() {
		started("a");
		published("a", 1, at("1", 0));
		add(new Event.Published(new Message("a", 2)));
		add(new Event.Healed());
		this.millis += 10_001;
		published("a", 3, at("1", 1));
		assertFound(Violation.Kind.HANG, "The publish of a-2 was never answered.");
	}

	@Test
	void aPublishThatIsAnsweredLongAfterEverythingIsHealedHangs() {
		started("a");
		add(new Event.Published(new Message("a", 1)));
		add(new Event.Healed());
		this.millis += 10_001;
		add(new Event.Refused(new Message("a", 1), "closed"));
		published("a", 2, at("1", 0));
		assertFound(Violation.Kind.HANG, "The publish of a-1 was answered 10001 ms after all was healed.");
	}

	@Test
	void aPublishThatComesLateInAQueueThatMovesDoesNotHang() {
		started("a");
		add(new Event.Published(new Message("a", 1)));
		add(new Event.Published(new Message("a", 2)));
		add(new Event.Healed());
		this.millis += 6_000;
		add(new Event.Placed(new Message("a", 1), at("1", 0)));
		this.millis += 6_000;
		add(new Event.Placed(new Message("a", 2), at("1", 1)));
		published("a", 3, at("1", 2));
		assertFine();
	}

	@Test
	void nobodyWaitsForAnInstanceThatWasKilled() {
		started("a");
		started("b");
		add(new Event.Published(new Message("a", 1)));
		add(new Event.Killed("a"));
		add(new Event.Healed());
		this.millis += 10_001;
		published("b", 1, at("1", 0));
		assertFine();
	}

	@Test
	void aStreamThatEndsForAnotherReasonIsFound() {
		opened("s", null, at("1", 0), false, 0L);
		add(new Event.Ended("s", "source-failed"));
		assertFound(Violation.Kind.ENDED, "The stream of subscriber s has ended: source-failed.");
	}

	@Test
	void instancesOfDifferentEpochsAreNotHealed() {
		started("a");
		started("b");
		add(new Event.Healed());
		published("a", 1, at("1", 0));
		published("b", 1, at("2", 0));
		assertFound(Violation.Kind.NOT_HEALED, "Instances publish in different epochs though all is healed: 1 and 2.");
	}

	@Test
	void anInstanceThatPlacesNothingIsNotHealed() {
		started("a");
		published("a", 1, at("1", 0));
		add(new Event.Healed());
		assertFound(Violation.Kind.NOT_HEALED, "Nothing that instance a published since all was healed has a place.");
	}

	@Test
	void aSubscriberThatStaysInAnotherEpochIsNotHealed() {
		started("a");
		opened("s", null, at("1", 0), false, 0L);
		add(new Event.Healed());
		published("a", 1, at("2", 0));
		assertFound(Violation.Kind.NOT_HEALED,
				"Subscriber s is in epoch 1 in the end, but instances publish in epoch 2.");
	}

	private void started(String instance) {
		add(new Event.Started(instance));
	}

	private void published(String instance, long number, StreamPosition position) {
		Message message = new Message(instance, number);
		add(new Event.Published(message));
		add(new Event.Placed(message, position));
	}

	private void opened(String subscriber, @Nullable StreamPosition from, StreamPosition position, boolean recovered,
			@Nullable Long missing) {
		add(new Event.Opening(subscriber, "a", from));
		add(new Event.Opened(subscriber, position, recovered, missing));
	}

	private void received(String subscriber, StreamPosition position, String publisher, long number) {
		add(new Event.Received(subscriber, position, new Message(publisher, number)));
	}

	private void add(Event event) {
		this.history.add(new History.Entry(this.millis, event));
	}

	private static StreamPosition at(String epoch, long offset) {
		return new StreamPosition(epoch, offset);
	}

	private void assertFine() {
		assertThat(HistoryChecker.check(this.history)).isEmpty();
	}

	private void assertFound(Violation.Kind kind, String sentence) {
		List<Violation> violations = HistoryChecker.check(this.history);
		assertThat(violations).extracting(Violation::kind).containsOnly(kind);
		assertThat(violations).extracting(Violation::sentence).containsExactly(sentence);
	}

}
