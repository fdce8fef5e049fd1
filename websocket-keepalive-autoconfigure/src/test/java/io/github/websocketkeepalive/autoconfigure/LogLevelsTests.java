package io.github.websocketkeepalive.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.event.Level;
import org.springframework.boot.logging.LogLevel;

import static org.assertj.core.api.Assertions.assertThat;

class LogLevelsTests {

	@ParameterizedTest
	@CsvSource({ "TRACE, TRACE", "DEBUG, DEBUG", "INFO, INFO", "WARN, WARN", "ERROR, ERROR", "FATAL, ERROR" })
	void everyLevelHasOneOfSlf4j(LogLevel level, Level expected) {
		assertThat(LogLevels.toSlf4j(level)).isEqualTo(expected);
	}

	@Test
	void offHasNone() {
		assertThat(LogLevels.toSlf4j(LogLevel.OFF)).isNull();
	}

}
