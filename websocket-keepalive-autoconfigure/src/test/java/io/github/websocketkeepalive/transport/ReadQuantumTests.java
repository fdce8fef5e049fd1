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
	void aReadThatTookNoLongerThanATurnLetsTheNextBeTwiceAsLarge() {
		assertThat(ReadQuantum.next(1000, 1000, TURN_NANOS)).isEqualTo(2000);
		assertThat(ReadQuantum.next(1000, 1, 0)).isEqualTo(2000);
	}

	@Test
	void noReadIsLargerThanTheLargest() {
		assertThat(ReadQuantum.next(MAX_BYTES, MAX_BYTES, 1)).isEqualTo(MAX_BYTES);
		assertThat(ReadQuantum.next(MAX_BYTES - 1, 1, 1)).isEqualTo(MAX_BYTES);
	}

	@Test
	void aReadThatTookLongerMakesTheNextAsLargeAsATurnAtItsPace() {
		assertThat(ReadQuantum.next(MAX_BYTES, MAX_BYTES, 10 * TURN_NANOS)).isEqualTo(MAX_BYTES / 10);
		assertThat(ReadQuantum.next(8000, 4000, 2 * TURN_NANOS)).isEqualTo(2000);
	}

	@Test
	void noReadIsSmallerThanTheSmallest() {
		assertThat(ReadQuantum.next(MAX_BYTES, 10, TURN_NANOS + 1)).isEqualTo(MIN_BYTES);
		assertThat(ReadQuantum.next(MIN_BYTES, MIN_BYTES, Long.MAX_VALUE)).isEqualTo(MIN_BYTES);
	}

	@Test
	void aLateReadNeverMakesTheNextLarger() {
		assertThat(ReadQuantum.next(1000, MAX_BYTES, TURN_NANOS + 1)).isEqualTo(1000);
	}

}
