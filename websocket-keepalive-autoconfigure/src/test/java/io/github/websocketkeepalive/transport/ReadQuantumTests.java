package io.github.websocketkeepalive.transport;

import org.junit.jupiter.api.Test;

import static io.github.websocketkeepalive.transport.ReadQuantum.MAX_BYTES;
import static io.github.websocketkeepalive.transport.ReadQuantum.MIN_BYTES;
import static io.github.websocketkeepalive.transport.ReadQuantum.TURN_NANOS;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReadQuantum}.
 */
class ReadQuantumTests {

	@Test
	void aFullReadThatTookNoLongerThanATurnLetsTheNextBeTwiceAsLarge() {
		assertThat(ReadQuantum.next(1000, 1000, TURN_NANOS)).isEqualTo(2000);
		assertThat(ReadQuantum.next(MAX_BYTES - 1, MAX_BYTES - 1, 1)).isEqualTo(MAX_BYTES);
		assertThat(ReadQuantum.next(MAX_BYTES, MAX_BYTES, 1)).isEqualTo(MAX_BYTES);
	}

	@Test
	void aReadThatWasNotFullSaysNothingOfALargerOne() {
		assertThat(ReadQuantum.next(1000, 999, 1)).isEqualTo(1000);
	}

	@Test
	void aReadThatTookLongerMakesTheNextAsLargeAsATurnAtItsPace() {
		assertThat(ReadQuantum.next(8000, 8000, TURN_NANOS * 4 / 3)).isEqualTo(6000);
		assertThat(ReadQuantum.next(1000, MAX_BYTES, TURN_NANOS + 1)).isEqualTo(1000);
	}

	@Test
	void oneLongReadMakesTheNextNoSmallerThanHalf() {
		assertThat(ReadQuantum.next(MAX_BYTES, MAX_BYTES, 10 * TURN_NANOS)).isEqualTo(MAX_BYTES / 2);
		assertThat(ReadQuantum.next(MAX_BYTES, 10, TURN_NANOS + 1)).isEqualTo(MAX_BYTES / 2);
	}

	@Test
	void noReadIsSmallerThanTheSmallest() {
		assertThat(ReadQuantum.next(MIN_BYTES + 2, MIN_BYTES, Long.MAX_VALUE)).isEqualTo(MIN_BYTES);
		assertThat(ReadQuantum.next(MIN_BYTES, MIN_BYTES, Long.MAX_VALUE)).isEqualTo(MIN_BYTES);
	}

}
