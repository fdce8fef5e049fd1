package io.github.websocketkeepalive.autoconfigure;

import java.time.Duration;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

class PropertyTextTests {

	@ParameterizedTest
	@CsvSource({ "PT0S, 0s", "PT-1S, -1s", "PT-0.001S, -1ms", "PT0.5S, 500ms", "PT1.5S, 1500ms", "PT20S, 20s",
			"PT1M30S, 90s", "PT2M, 2m", "PT1H, 1h", "PT48H, 48h", "PT0.0000001S, PT0.0000001S",
			"PT-2562047788015215H-30M-7.5S, PT-2562047788015215H-30M-7.5S" })
	void aDurationIsInTheLargestUnitThatFits(Duration duration, String text) {
		assertThat(PropertyText.of(duration)).isEqualTo(text);
	}

	@ParameterizedTest
	@CsvSource({ "0, 0B", "-1, -1B", "1023, 1023B", "2048, 2KB", "1048576, 1MB", "1048577, 1048577B" })
	void aSizeIsInTheLargestUnitThatFits(long bytes, String text) {
		assertThat(PropertyText.of(DataSize.ofBytes(bytes))).isEqualTo(text);
	}

}
