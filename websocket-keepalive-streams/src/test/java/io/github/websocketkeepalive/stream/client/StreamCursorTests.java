package io.github.websocketkeepalive.stream.client;

import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.protocol.ServerFrame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class StreamCursorTests {

	private final StreamCursor fresh = new StreamCursor(null);

	private final StreamCursor resumed = new StreamCursor(at("a", 10));

	@Test
	void aStreamBeginsWhereTheServerBegins() {
		assertThat(this.fresh.position()).isNull();
		assertThat(this.fresh.opened(opened("a", 7, false, 0L))).isNull();
		assertThat(this.fresh.position()).isEqualTo(at("a", 7));
	}

	@Test
	void aStreamGoesOnWhereItStopped() {
		assertThat(this.resumed.opened(opened("a", 10, true, 0L))).isNull();
		assertThat(this.resumed.next(10)).isNull();
		assertThat(this.resumed.take(10, 5)).isZero();
		assertThat(this.resumed.position()).isEqualTo(at("a", 15));
	}

	@Test
	void rowsThatCameBeforeAreKnown() {
		assertThat(this.resumed.opened(opened("a", 4, true, 0L))).isNull();
		assertThat(this.resumed.position()).isEqualTo(at("a", 10));
		assertThat(this.resumed.take(4, 3)).isEqualTo(3);
		assertThat(this.resumed.take(7, 5)).isEqualTo(3);
		assertThat(this.resumed.position()).isEqualTo(at("a", 12));
	}

	@Test
	void theServerTellsWhatIsMissing() {
		assertThat(this.resumed.opened(opened("a", 25, false, 15L)))
			.isEqualTo(new StreamGap(at("a", 10), at("a", 25), 15L));
		assertThat(this.resumed.position()).isEqualTo(at("a", 25));
	}

	@Test
	void nobodyKnowsWhatIsMissingOfAnotherEpoch() {
		assertThat(this.resumed.opened(opened("b", 3, false, null)))
			.isEqualTo(new StreamGap(at("a", 10), at("b", 3), null));
		assertThat(this.resumed.position()).isEqualTo(at("b", 3));
	}

	@Test
	void anEarlierPlaceOfTheSameEpochIsNoGapWhateverTheServerSays() {
		assertThat(this.resumed.opened(opened("a", 3, false, null))).isNull();
		assertThat(this.resumed.opened(opened("a", 3, false, 0L))).isNull();
		assertThat(this.resumed.opened(opened("a", 3, false, 7L))).isNull();
		assertThat(this.resumed.position()).isEqualTo(at("a", 10));
		assertThat(this.resumed.take(3, 4)).isEqualTo(4);
		assertThat(this.resumed.take(7, 4)).isEqualTo(3);
		assertThat(this.resumed.position()).isEqualTo(at("a", 11));
	}

	@Test
	void anotherEpochWithoutLossIsNoGap() {
		assertThat(this.resumed.opened(opened("b", 0, false, 0L))).isNull();
		assertThat(this.resumed.position()).isEqualTo(at("b", 0));
	}

	@Test
	void aServerIsNotBelievedThatItHasRecoveredAnotherEpoch() {
		assertThat(this.resumed.opened(opened("b", 10, true, 0L)))
			.isEqualTo(new StreamGap(at("a", 10), at("b", 10), null));
	}

	@Test
	void offsetsTellWhatIsMissingWhateverTheServerSays() {
		assertThat(this.fresh.opened(opened("a", 0, false, 0L))).isNull();
		assertThat(this.fresh.opened(opened("a", 1, true, 0L))).isEqualTo(new StreamGap(at("a", 0), at("a", 1), 1L));
		assertThat(this.fresh.opened(opened("a", 4, false, 0L))).isEqualTo(new StreamGap(at("a", 1), at("a", 4), 3L));
		assertThat(this.fresh.opened(opened("a", 9, false, null))).isEqualTo(new StreamGap(at("a", 4), at("a", 9), 5L));
	}

	@Test
	void rowsThatDoNotFollowAreAGap() {
		assertThat(this.resumed.next(13)).isEqualTo(new StreamGap(at("a", 10), at("a", 13), 3L));
		assertThat(this.resumed.take(13, 1)).isZero();
		assertThat(this.resumed.position()).isEqualTo(at("a", 14));
	}

	@Test
	void anEndThatCameBeforeIsNoGap() {
		assertThat(this.resumed.next(9)).isNull();
		assertThat(this.resumed.position()).isEqualTo(at("a", 10));
	}

	@Test
	void nothingComesBeforeTheStreamIsOpened() {
		assertThatIllegalStateException().isThrownBy(() -> this.fresh.next(0));
		assertThatIllegalStateException().isThrownBy(() -> this.fresh.take(0, 1));
	}

	@Test
	void hugeOffsetsAreNoTrouble() {
		assertThat(this.resumed.take(0, Integer.MAX_VALUE)).isEqualTo(10);
		StreamCursor far = new StreamCursor(at("a", Long.MAX_VALUE));
		assertThat(far.take(0, 5)).isEqualTo(5);
		assertThat(far.position()).isEqualTo(at("a", Long.MAX_VALUE));
	}

	private static ServerFrame.Opened opened(String epoch, long offset, boolean recovered, Long missing) {
		return new ServerFrame.Opened("s1", null, epoch, offset, recovered, missing, 8);
	}

	private static StreamPosition at(String epoch, long offset) {
		return new StreamPosition(epoch, offset);
	}

}
