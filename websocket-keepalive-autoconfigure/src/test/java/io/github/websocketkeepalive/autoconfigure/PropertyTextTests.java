package io.github.websocketkeepalive.autoconfigure;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

class PropertyTextTests {

	@Test
	void aDurationIsWrittenAsItIsInLogs() {
		assertThat(PropertyText.of(Duration.ofSeconds(90))).isEqualTo("90s");
	}

	@ParameterizedTest
	@CsvSource({ "0, 0B", "-1, -1B", "1023, 1023B", "2048, 2KB", "1048576, 1MB", "1048577, 1048577B" })
	void aSizeIsInTheLargestUnitThatFits(long bytes, String text) {
		assertThat(PropertyText.of(DataSize.ofBytes(bytes))).isEqualTo(text);
	}

}
