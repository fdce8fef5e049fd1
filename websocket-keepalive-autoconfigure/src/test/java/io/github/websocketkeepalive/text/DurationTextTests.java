package io.github.websocketkeepalive.text;

import java.time.Duration;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class DurationTextTests {

	@ParameterizedTest
	@CsvSource({ "PT0S, 0s", "PT-1S, -1s", "PT-0.001S, -1ms", "PT0.5S, 500ms", "PT1.5S, 1500ms", "PT20S, 20s",
			"PT1M30S, 90s", "PT2M, 2m", "PT1H, 1h", "PT48H, 48h", "PT0.0000001S, PT0.0000001S",
			"PT-2562047788015215H-30M-7.5S, PT-2562047788015215H-30M-7.5S" })
	void aDurationIsInTheLargestUnitThatFits(Duration duration, String text) {
		assertThat(DurationText.of(duration)).isEqualTo(text);
	}

}
