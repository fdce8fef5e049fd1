package io.github.websocketkeepalive.heartbeat;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PingRhythm}.
 */
class PingRhythmTests {

	private final PingRhythm rhythm = new PingRhythm();

	@Test
	void threePingsAtOneIntervalAreARhythm() {
		assertThat(ping(-5_000)).isEqualTo(-1);
		assertThat(ping(15_000)).isEqualTo(-1);
		assertThat(ping(35_000)).isEqualTo(20_000);
		assertThat(ping(55_000)).isEqualTo(20_000);
	}

	@Test
	void aQuarterMoreOrLessIsStillOne() {
		ping(0);
		ping(1_000);
		assertThat(ping(2_250)).isEqualTo(1_125);
		assertThat(ping(3_814)).isEqualTo(-1);
	}

	@Test
	void pingsAtRandomTimesAreNotARhythm() {
		for (long millis : new long[] { 0, 1_000, 4_000, 4_500, 9_000, 9_200 }) {
			assertThat(ping(millis)).isEqualTo(-1);
		}
	}

	@Test
	void aBurstOfPingsIsNotARhythm() {
		for (int millis = 0; millis < 1_000; millis += 99) {
			assertThat(ping(millis)).isEqualTo(-1);
		}
	}

	@Test
	void aNewIntervalIsRecognised() {
		ping(0);
		ping(1_000);
		ping(2_000);
		assertThat(ping(7_000)).isEqualTo(-1);
		assertThat(ping(12_000)).isEqualTo(5_000);
	}

	private long ping(long millis) {
		long interval = this.rhythm.ping(millis * 1_000_000);
		return (interval >= 0) ? interval / 1_000_000 : interval;
	}

}
