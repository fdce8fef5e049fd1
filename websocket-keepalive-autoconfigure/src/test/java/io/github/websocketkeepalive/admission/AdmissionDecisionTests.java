package io.github.websocketkeepalive.admission;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class AdmissionDecisionTests {

	@ParameterizedTest
	@ValueSource(ints = { 200, 101, 302, 399, 600 })
	void aStatusThatDoesNotRefuseIsNone(int status) {
		assertThatIllegalArgumentException().isThrownBy(() -> AdmissionDecision.reject(status, "reason"))
			.withMessageContaining("400 to 599");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "User 4711", "a_b", "x\r\ny" })
	void aReasonThatIsNoTagIsNone(String reason) {
		assertThatIllegalArgumentException().isThrownBy(() -> AdmissionDecision.reject(403, reason));
	}

	@Test
	void thePathOfARequestHasNoQuery() {
		AdmissionRequest request = new AdmissionRequest("/ws?token=1", "http://localhost", new HttpHeaders(), null,
				null);
		assertThat(request.path()).isEqualTo("/ws");
		assertThat(request.origin()).isNull();
	}

}
