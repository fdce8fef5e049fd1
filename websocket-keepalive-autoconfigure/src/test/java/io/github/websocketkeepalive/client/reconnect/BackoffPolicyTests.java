package io.github.websocketkeepalive.client.reconnect;

import java.time.Duration;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class BackoffPolicyTests {

	@ParameterizedTest
	@CsvSource({ "PT0S, PT1S, PT1S", "PT-1S, PT1S, PT1S", "PT2S, PT1S, PT1S", "PT1S, PT1S, PT-1S" })
	void boundsThatMakeNoSenseAreRefused(Duration min, Duration max, Duration resetAfter) {
		assertThatIllegalArgumentException().isThrownBy(() -> new BackoffPolicy(min, max, resetAfter));
	}

}
