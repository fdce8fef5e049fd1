package io.github.websocketkeepalive.stream.server;

import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.stream.StreamPolicy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReadAhead}.
 */
class ReadAheadTests {

	private static final int BUDGET = 4 * 1024 * 1024;

	private int streams = 1;

	private final ReadBudget budget = new ReadBudget(new StreamPolicy(1000, 1 << 18, 8, 100, BUDGET, 1 << 16),
			() -> this.streams);

	private final ReadAhead ahead = new ReadAhead(this.budget);

	@Test
	void fewRowsAreAskedForAsLongAsNobodyKnowsWhatTheyWeigh() {
		assertThat(ask()).isEqualTo(8);
		assertThat(ask()).isZero();
	}

	@Test
	void rowsAreAskedForAgainOnceHalfOfThemHaveCome() {
		ask();
		come(3, 100);
		assertThat(ask()).isZero();
		come(1, 100);
		assertThat(ask()).isEqualTo(4);
	}

	@Test
	void aThousandSmallRowsAreNoReasonToAskForMoreThanAFewOfThoseThatFollow() {
		for (int row = 0; row < 1000; row++) {
			ask();
			come(1, 10);
		}
		come(4, 10);
		assertThat(this.ahead.room()).isEqualTo(8);
	}

	@Test
	void moreRowsAreAskedForTheMoreHaveComeOfTheSameWeight() {
		for (int time = 0; time < 8; time++) {
			come((int) ask(), 1024);
		}
		assertThat(this.ahead.room()).isEqualTo(8);
		come((int) ask(), 1024);
		assertThat(this.ahead.room()).isEqualTo(9);
	}

	@Test
	void noMoreRowsAreAskedForThanTheBudgetHasRoomForHoweverManyHaveCome() {
		for (int row = 0; row < 100_000; row++) {
			come((int) ask(), 1024);
		}
		assertThat(this.ahead.room()).isEqualTo(32);
	}

	@Test
	void aRowThatIsMuchLargerMakesTheWeightUnknownAgain() {
		for (int row = 0; row < 100_000; row++) {
			come((int) ask(), 1024);
		}
		ask();
		come(31, 1024);
		come(1, 5 * 1024);
		assertThat(this.ahead.room()).isEqualTo(8);
	}

	@Test
	void ofLargeRowsFewerAreAskedFor() {
		ask();
		come(8, 131_072);
		assertThat(ask()).isEqualTo(4);
	}

	@Test
	void aRowThatIsLargerThanTheBudgetIsAskedForAlone() {
		ask();
		come(8, 2 * BUDGET);
		assertThat(ask()).isEqualTo(1);
		come(1, 2 * BUDGET);
		assertThat(ask()).isEqualTo(1);
	}

	@Test
	void aLargeRowIsForgottenAfterManySmallOnes() {
		ask();
		come(8, 1 << 20);
		assertThat(this.ahead.room()).isEqualTo(1);
		for (int row = 0; row < 100; row++) {
			come((int) ask(), 10);
		}
		assertThat(this.ahead.room()).isEqualTo(32);
	}

	@Test
	void streamsShareTheRowsThatAreAskedFor() {
		this.streams = 8;
		assertThat(this.ahead.room()).isEqualTo(4);
		this.streams = 100;
		assertThat(this.ahead.room()).isEqualTo(1);
	}

	@Test
	void anEighthOfTheBudgetIsForEncodedRowsThatWait() {
		assertThat(this.ahead.maxEncodedBytes()).isEqualTo(BUDGET / 8);
		this.streams = 100;
		assertThat(this.ahead.maxEncodedBytes()).isEqualTo(BUDGET / 800);
	}

	@Test
	void whatOneStreamHoldsTheOthersCannot() {
		this.ahead.holds(BUDGET / 8);
		ReadAhead other = new ReadAhead(this.budget);
		this.streams = 2;
		assertThat(other.maxEncodedBytes()).isZero();
		this.ahead.holds(BUDGET / 16);
		assertThat(other.maxEncodedBytes()).isEqualTo(BUDGET / 16);
		this.ahead.holds(0);
		assertThat(this.ahead.maxEncodedBytes()).isEqualTo(BUDGET / 16);
	}

	private long ask() {
		long rows = this.ahead.room();
		this.ahead.asked(rows);
		return rows;
	}

	private void come(int rows, int bytes) {
		for (int row = 0; row < rows; row++) {
			this.ahead.encoded(bytes);
		}
	}

}
