package io.github.websocketkeepalive.autoconfigure.drain;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.github.websocketkeepalive.drain.DrainPolicy;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class TerminationGracePeriodCheckTests {

	@Test
	void tellsWhatKubernetesHasToGrant(CapturedOutput output) {
		check(5, 15);
		assertThat(output).contains("INFO", "up to 21000 ms", "terminationGracePeriodSeconds be at least 26");
	}

	@Test
	void warnsOfADrainThatKubernetesWouldCutShort(CapturedOutput output) {
		check(10, 60);
		assertThat(output).contains("WARN", "up to 71000 ms", "set terminationGracePeriodSeconds to at least 76",
				"websocket-keepalive.drain.window");
	}

	@Test
	void whatJustFitsIsNoReasonToWarn(CapturedOutput output) {
		check(5, 19);
		assertThat(output).contains("at least 30").doesNotContain("WARN");
	}

	@Test
	void doesNotSpeakOfKubernetesInDevelopment(CapturedOutput output) {
		new TerminationGracePeriodCheck(policy(5, 60), policy(0, 0));
		assertThat(output).contains("INFO", "In development and in tests", "up to 1000 ms")
			.doesNotContain("Kubernetes");
	}

	private static void check(int grace, int window) {
		new TerminationGracePeriodCheck(policy(grace, window), policy(grace, window));
	}

	private static DrainPolicy policy(int grace, int window) {
		return new DrainPolicy(Duration.ofSeconds(grace), Duration.ofSeconds(window), 1012);
	}

}
