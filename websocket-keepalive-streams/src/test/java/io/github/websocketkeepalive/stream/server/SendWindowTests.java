package io.github.websocketkeepalive.stream.server;

import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.stream.StreamPolicy;

import static org.assertj.core.api.Assertions.assertThat;

class SendWindowTests {

	private static final StreamPolicy POLICY = new StreamPolicy(100, 1000, 4, 10, 1 << 22, 1 << 16);

	private final SendWindow window = new SendWindow(POLICY, null);

	@Test
	void atFirstFewRowsAreAskedForBecauseNobodyKnowsTheirSize() {
		assertThat(ask(this.window)).isEqualTo(16);
		assertThat(ask(this.window)).isZero();
	}

	@Test
	void noMoreRowsAreAskedForAtFirstThanABatchHas() {
		assertThat(ask(new SendWindow(new StreamPolicy(5, 1000, 4, 10, 1 << 22, 1 << 16), null))).isEqualTo(5);
	}

	@Test
	void smallRowsAreAskedForUpToAWindowOfBatches() {
		ask(this.window);
		this.window.sent(16, 16);
		assertThat(ask(this.window)).isEqualTo(4 * 100 - 16);
	}

	@Test
	void ofLargeRowsNoMoreAreAskedForThanFitIntoAWindowOfBatches() {
		ask(this.window);
		this.window.sent(16, 1600);
		assertThat(ask(this.window)).isEqualTo(4 * 10 - 16);
	}

	@Test
	void ofRowsLargerThanABatchAWindowIsAskedFor() {
		ask(this.window);
		this.window.sent(1, 1_000_000);
		assertThat(ask(this.window)).isZero();
		this.window.acknowledge(1);
		this.window.sent(15, 15_000_000);
		this.window.acknowledge(16);
		assertThat(ask(this.window)).isEqualTo(4);
	}

	@Test
	void aBatchHasARowAtLeastHoweverSmallItMayBe() {
		assertThat(this.window.isComplete(0, 1_000_000)).isFalse();
		assertThat(this.window.isComplete(1, 1_000_000)).isTrue();
	}

	@Test
	void toCompleteABatchNoMoreRowsAreAskedForThanItHasRoomFor() {
		assertThat(this.window.demandToComplete(0)).isEqualTo(16);
		ask(this.window);
		this.window.sent(16, 320);
		assertThat(this.window.demandToComplete(0)).isEqualTo(50);
		assertThat(this.window.demandToComplete(49)).isEqualTo(1);
		assertThat(this.window.demandToComplete(50)).isEqualTo(1);
		ask(this.window);
		assertThat(this.window.demandToComplete(0)).isZero();
	}

	@Test
	void rowsThatDoNotFitExactlyAreAskedForUntilTheyCompleteABatch() {
		ask(this.window);
		this.window.sent(16, 2400);
		assertThat(this.window.demandToComplete(0)).isEqualTo(7);
	}

	@Test
	void aBatchIsExpectedToBeAboutAsLargeAsTheOneBefore() {
		this.window.sent(16, 320);
		assertThat(this.window.expectedBytes()).isEqualTo(360);
		this.window.sent(1, Integer.MAX_VALUE);
		assertThat(this.window.expectedBytes()).isEqualTo(1125);
	}

	@Test
	void asManyRowsAreAskedForAgainAsWereAcknowledged() {
		fill();
		this.window.acknowledge(100);
		assertThat(ask(this.window)).isEqualTo(100);
		this.window.acknowledge(130);
		assertThat(ask(this.window)).isEqualTo(30);
	}

	@Test
	void aWindowOfBatchesMayBeUnacknowledged() {
		for (int batch = 0; batch < 4; batch++) {
			assertThat(this.window.hasRoom()).isTrue();
			this.window.sent(1, 10);
		}
		assertThat(this.window.hasRoom()).isFalse();
	}

	@Test
	void aBatchGivesRoomOnceAllOfItIsAcknowledged() {
		fill();
		this.window.acknowledge(99);
		assertThat(this.window.hasRoom()).isFalse();
		this.window.acknowledge(100);
		assertThat(this.window.hasRoom()).isTrue();
	}

	@Test
	void anAcknowledgementCountsForEverythingBeforeIt() {
		fill();
		assertThat(this.window.acknowledge(400)).isTrue();
		assertThat(this.window.isSettled()).isTrue();
		assertThat(this.window.acknowledgedOffset()).isEqualTo(400);
		assertThat(ask(this.window)).isEqualTo(400);
	}

	@Test
	void anAcknowledgementThatSaysNothingNewChangesNothing() {
		fill();
		this.window.acknowledge(100);
		ask(this.window);
		assertThat(this.window.acknowledge(100)).isTrue();
		assertThat(this.window.acknowledge(0)).isTrue();
		assertThat(ask(this.window)).isZero();
		assertThat(this.window.acknowledgedOffset()).isEqualTo(100);
	}

	@Test
	void whatWasNeverSentCannotBeAcknowledged() {
		this.window.sent(10, 100);
		assertThat(this.window.acknowledge(11)).isFalse();
		assertThat(this.window.acknowledge(Long.MAX_VALUE)).isFalse();
		assertThat(this.window.acknowledgedOffset()).isZero();
	}

	@Test
	void theClientMayWishANarrowerWindowAndNotAWiderOne() {
		assertThat(batches(new SendWindow(POLICY, 1))).isEqualTo(1);
		assertThat(batches(new SendWindow(POLICY, 1_000_000))).isEqualTo(4);
	}

	@Test
	void aBatchIsCompleteByItsRowsOrItsBytes() {
		assertThat(this.window.isComplete(99, 999)).isFalse();
		assertThat(this.window.isComplete(100, 999)).isTrue();
		assertThat(this.window.isComplete(1, 1000)).isTrue();
	}

	@Test
	void offsetsCountFromWhereTheStreamBegins() {
		this.window.restart(5000);
		this.window.sent(10, 100);
		assertThat(this.window.nextOffset()).isEqualTo(5010);
		assertThat(this.window.acknowledge(5010)).isTrue();
		assertThat(this.window.isSettled()).isTrue();
	}

	@Test
	void rowsThatAreLeftOutAreNotAskedForAgain() {
		fill();
		this.window.skipTo(1000);
		this.window.acknowledge(400);
		assertThat(ask(this.window)).isEqualTo(400);
		this.window.sent(100, 100);
		this.window.acknowledge(1100);
		assertThat(ask(this.window)).isEqualTo(100);
	}

	@Test
	void whereAnotherNumberingBeginsEverythingBeforeCountsAsAcknowledged() {
		fill();
		this.window.acknowledge(150);
		ask(this.window);
		this.window.restart(7);
		assertThat(this.window.isSettled()).isTrue();
		assertThat(this.window.acknowledgedOffset()).isEqualTo(7);
		assertThat(ask(this.window)).isEqualTo(250);
	}

	@Test
	void anAcknowledgementInTheFormerNumberingIsLateAndNotWrong() {
		fill();
		this.window.restart(7);
		assertThat(this.window.acknowledge(400)).isTrue();
		assertThat(this.window.acknowledgedOffset()).isEqualTo(7);
		assertThat(this.window.acknowledge(401)).isFalse();
	}

	private void fill() {
		ask(this.window);
		for (int batch = 0; batch < 4; batch++) {
			this.window.sent(100, 100);
			ask(this.window);
		}
	}

	private static long ask(SendWindow window) {
		long demand = window.demand();
		window.asked(demand);
		return demand;
	}

	private static int batches(SendWindow window) {
		int batches = 0;
		while (window.hasRoom()) {
			window.sent(1, 1);
			batches++;
		}
		return batches;
	}

}
