package io.github.websocketkeepalive.liveness;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Evidence}.
 */
class EvidenceTests {

	@ParameterizedTest
	@CsvSource({ "UNKNOWN,", "DELIVERED,", "DELIVERING, SLOW_PEER", "STUCK, SLOW_PEER", "LOST,",
			"RECEIVING, LOCAL_STALL" })
	void whatHoldsAPeerThatWasPingedWhileItsBytesAreRead(Evidence evidence, HoldReason reason) {
		assertThat(evidence.reasonToHold(true, true, null)).isEqualTo(reason);
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LOST")
	void aPeerWhoseBytesAreNotReadIsHeldWhateverIsKnown(Evidence evidence) {
		assertThat(evidence.reasonToHold(false, true, null)).isEqualTo(HoldReason.BACKPRESSURE);
	}

	@Test
	void aPeerThatIsLostIsNotHeld() {
		assertThat(Evidence.LOST.reasonToHold(false, false, HoldReason.SLOW_PEER)).isNull();
	}

	@ParameterizedTest
	@EnumSource(names = { "UNKNOWN", "DELIVERED" })
	void aPeerThatDidNotGetItsPingIsSlow(Evidence evidence) {
		assertThat(evidence.reasonToHold(true, false, null)).isEqualTo(HoldReason.SLOW_PEER);
	}

	@ParameterizedTest
	@EnumSource(names = { "UNKNOWN", "DELIVERED" })
	void aPeerThatWasSlowMayBeSlowStill(Evidence evidence) {
		assertThat(evidence.reasonToHold(true, true, HoldReason.SLOW_PEER)).isEqualTo(HoldReason.SLOW_PEER);
		assertThat(evidence.reasonToHold(true, true, HoldReason.BACKPRESSURE)).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "UNKNOWN, false", "DELIVERED, false", "DELIVERING, true", "STUCK, false", "LOST, false",
			"RECEIVING, true" })
	void progressOfASlowPeerIsWhatMoves(Evidence evidence, boolean progress) {
		assertThat(evidence.isProgress(HoldReason.SLOW_PEER)).isEqualTo(progress);
	}

	@ParameterizedTest
	@CsvSource({ "UNKNOWN, false", "DELIVERED, true", "DELIVERING, true", "STUCK, false", "LOST, false",
			"RECEIVING, true" })
	void underBackpressureADeliveredPingIsProgress(Evidence evidence, boolean progress) {
		assertThat(evidence.isProgress(HoldReason.BACKPRESSURE)).isEqualTo(progress);
	}

}
