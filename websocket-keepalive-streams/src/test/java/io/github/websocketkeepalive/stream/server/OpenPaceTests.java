package io.github.websocketkeepalive.stream.server;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OpenPace}.
 */
class OpenPaceTests {

	private static final long SECOND = 1_000_000_000;

	private static final long START = Long.MAX_VALUE - SECOND / 2;

	private final OpenPace pace = new OpenPace(100, START);

	@Test
	void asManyStreamsAsMayBeOpenAreOpenedAtOnce() {
		for (int stream = 0; stream < 100; stream++) {
			assertThat(this.pace.opened(START)).isZero();
		}
		assertThat(this.pace.opened(START)).isEqualTo(SECOND / 100);
	}

	@Test
	void whoeverOpensMoreOpensAHundredthOfASecondAfterAnother() {
		for (int stream = 0; stream < 100; stream++) {
			this.pace.opened(START);
		}
		long now = START;
		for (int stream = 0; stream < 1000; stream++) {
			long delay = this.pace.opened(now);
			assertThat(delay).isEqualTo(SECOND / 100);
			now += delay;
		}
		assertThat(now - START).isEqualTo(10 * SECOND);
	}

	@Test
	void aPauseOfADayAllowsNoMoreAtOnceThanOneOfASecond() {
		long later = START + 86_400 * SECOND;
		for (int stream = 0; stream < 100; stream++) {
			assertThat(this.pace.opened(later)).isZero();
		}
		assertThat(this.pace.opened(later)).isPositive();
	}

}
