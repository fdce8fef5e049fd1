package io.github.websocketkeepalive.client.reconnect;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RetryHintTests {

	private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

	@Test
	void secondsMayBeTheSameForEveryClient() {
		assertThat(RetryHint.ofHeaders(null, "7", NOW)).isEqualTo(new RetryHint(Duration.ofSeconds(7), true));
	}

	@Test
	void millisecondsAreForThisClientAndComeFirst() {
		assertThat(RetryHint.ofHeaders("1234", "7", NOW)).isEqualTo(new RetryHint(Duration.ofMillis(1234), false));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Thu, 1 Jan 2026 00:00:09 GMT | PT9S
			Wed, 31 Dec 2025 23:59:00 GMT | PT0S
			Thursday, 01-Jan-26 00:00:09 GMT | PT9S
			Friday, 01-Jan-99 00:00:09 GMT | PT0S
			Saturday, 01-Jan-77 00:00:09 GMT | PT0S
			Tuesday, 01-Jan-75 00:00:09 GMT | PT1H
			Thu Jan  1 00:00:09 2026 | PT9S
			Sat Jan 10 00:00:09 2026 | PT1H
			""")
	void aDateIsADelay(String date, Duration delay) {
		assertThat(RetryHint.ofHeaders(null, date, NOW)).isEqualTo(new RetryHint(delay, true));
	}

	@Test
	void spacesAroundAreNotCounted() {
		assertThat(RetryHint.ofHeaders(" 1234 ", null, NOW)).isEqualTo(new RetryHint(Duration.ofMillis(1234), false));
		assertThat(RetryHint.ofHeaders(null, " Thu, 1 Jan 2026 00:00:09 GMT ", NOW))
			.isEqualTo(new RetryHint(Duration.ofSeconds(9), true));
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", "-1", "soon", "1.5", "99999999999999999999", "Thu Jan 1 00:00:09 2026",
			"Thursday, 01-Jan-2026 00:00:09 GMT", "Thursday, 01-Jan-26 00:00:09 CET" })
	void whatCannotBeReadIsNoHint(String text) {
		assertThat(RetryHint.ofHeaders(text, text, NOW)).isNull();
	}

	@Test
	void noHintCountsForMoreThanAnHour() {
		assertThat(RetryHint.ofHeaders(null, "99999999", NOW)).extracting(RetryHint::delay)
			.isEqualTo(Duration.ofHours(1));
	}

	@ParameterizedTest
	@CsvSource({ "reconnect-after=250, PT0.25S", "draining; reconnect-after=12000, PT12S",
			"reconnect-after=0 (max age), PT0S" })
	void aCloseReasonTellsADelay(String reason, Duration delay) {
		assertThat(RetryHint.ofCloseReason(reason)).isEqualTo(new RetryHint(delay, false));
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", "bye", "reconnect-after=", "reconnect-after=-5", "dont-reconnect-after=5",
			"reconnect-after=5s", "reconnect-after=1.5", "reconnect-after=99999999999999999999" })
	void otherReasonsTellNone(String reason) {
		assertThat(RetryHint.ofCloseReason(reason)).isNull();
	}

}
