package io.github.websocketkeepalive.transport;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReadQuantum}.
 */
class ReadQuantumTests {

	@Test
	void aFullReadThatTookNoLongerThanATurnLetsTheNextBeTwiceAsLarge() {
		assertThat(ReadQuantum.next(1000, 1000, ReadQuantum.TURN_NANOS)).isEqualTo(2000);
		assertThat(ReadQuantum.next(ReadQuantum.MAX_BYTES - 1, ReadQuantum.MAX_BYTES - 1, 1))
			.isEqualTo(ReadQuantum.MAX_BYTES);
		assertThat(ReadQuantum.next(ReadQuantum.MAX_BYTES, ReadQuantum.MAX_BYTES, 1)).isEqualTo(ReadQuantum.MAX_BYTES);
	}

	@Test
	void aReadThatWasNotFullSaysNothingOfALargerOne() {
		assertThat(ReadQuantum.next(1000, 999, 1)).isEqualTo(1000);
	}

	@Test
	void aReadThatTookLongerMakesTheNextAsLargeAsATurnAtItsPace() {
		assertThat(ReadQuantum.next(8000, 8000, ReadQuantum.TURN_NANOS * 4 / 3)).isEqualTo(6000);
		assertThat(ReadQuantum.next(1000, ReadQuantum.MAX_BYTES, ReadQuantum.TURN_NANOS + 1)).isEqualTo(1000);
	}

	@Test
	void oneLongReadMakesTheNextNoSmallerThanHalf() {
		assertThat(ReadQuantum.next(ReadQuantum.MAX_BYTES, ReadQuantum.MAX_BYTES, 10 * ReadQuantum.TURN_NANOS))
			.isEqualTo(ReadQuantum.MAX_BYTES / 2);
		assertThat(ReadQuantum.next(ReadQuantum.MAX_BYTES, 10, ReadQuantum.TURN_NANOS + 1))
			.isEqualTo(ReadQuantum.MAX_BYTES / 2);
	}

	@Test
	void noReadIsSmallerThanTheSmallest() {
		assertThat(ReadQuantum.next(ReadQuantum.MIN_BYTES + 2, ReadQuantum.MIN_BYTES, Long.MAX_VALUE))
			.isEqualTo(ReadQuantum.MIN_BYTES);
		assertThat(ReadQuantum.next(ReadQuantum.MIN_BYTES, ReadQuantum.MIN_BYTES, Long.MAX_VALUE))
			.isEqualTo(ReadQuantum.MIN_BYTES);
	}

}
