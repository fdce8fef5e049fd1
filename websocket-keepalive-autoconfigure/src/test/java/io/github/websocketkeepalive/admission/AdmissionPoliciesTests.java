package io.github.websocketkeepalive.admission;

import java.net.InetSocketAddress;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.listener.CallbackFailures;
import io.github.websocketkeepalive.peer.PeerText;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class AdmissionPoliciesTests {

	private static final AdmissionRequest REQUEST = new AdmissionRequest("/ws?token=1", "http://localhost",
			new HttpHeaders(), null, null);

	private static final AdmissionDecision REJECTION = AdmissionDecision.reject(401, "no-token");

	@Test
	void withoutPoliciesEverybodyIsAdmitted() {
		assertThat(new AdmissionPolicies(List.of(), new CallbackFailures()).isEmpty()).isTrue();
		assertThat(decide()).isEqualTo(AdmissionDecision.admit());
	}

	@Test
	void theFirstThatRejectsDecides() {
		assertThat(decide((request) -> Mono.just(AdmissionDecision.admit()), (request) -> Mono.empty(),
				(request) -> Mono.just(REJECTION), (request) -> Mono.error(new AssertionError())))
			.isEqualTo(REJECTION);
	}

	@Test
	void aPolicyThatFailsRejects(CapturedOutput output) {
		AdmissionDecision rejection = AdmissionDecision.reject(503, "policy-failed");
		assertThat(decide((request) -> Mono.error(new IllegalStateException("deliberate")))).isEqualTo(rejection);
		assertThat(decide((request) -> {
			throw new IllegalStateException("deliberate");
		})).isEqualTo(rejection);
		assertThat(output).contains("The AdmissionPolicy", "has failed", "deliberate");
	}

	@Test
	void aPolicyThatCannotBeLinkedRejectsAndIsCounted() {
		CallbackFailures failures = new CallbackFailures();
		AdmissionPolicy policy = (request) -> Mono.fromSupplier(() -> {
			throw new NoClassDefFoundError();
		});
		assertThat(new AdmissionPolicies(List.of(policy), failures).decide(REQUEST).block())
			.isEqualTo(AdmissionDecision.reject(503, "policy-failed"));
		assertThat(failures.count(AdmissionPolicy.class)).isOne();
	}

	@Test
	void aPolicyThatFailsAThousandTimesHasOneLine(CapturedOutput output) {
		AdmissionPolicies policies = new AdmissionPolicies(
				List.of((request) -> Mono.error(new IllegalStateException("deliberate"))), new CallbackFailures());
		for (int i = 0; i < 1000; i++) {
			policies.decide(REQUEST).block();
		}
		assertThat(output).containsOnlyOnce("The AdmissionPolicy");
	}

	@Test
	void aRequestShowsNeitherItsQueryNorRawText() {
		HttpHeaders headers = new HttpHeaders();
		headers.set("Origin", "https://\u202eevil");
		headers.set("Authorization", "Bearer secret");
		AdmissionRequest request = new AdmissionRequest("/ws\u001b?token=secret", "http://localhost", headers,
				InetSocketAddress.createUnresolved("\u009b", 1), null);
		assertThat(request.toString()).doesNotContain("secret")
			.isEqualTo(PeerText.of(request.toString()))
			.contains("/ws\\u001b", "https://\\u202eevil");
	}

	@Test
	void aRequestShowsTheAddressOfThePeerWithItsPort() {
		AdmissionRequest request = new AdmissionRequest("/ws", "http://localhost", new HttpHeaders(),
				new InetSocketAddress("127.0.0.1", 80), null);
		assertThat(request.toString()).contains("remoteAddress=127.0.0.1:80,");
	}

	private static AdmissionDecision decide(AdmissionPolicy... policies) {
		return new AdmissionPolicies(List.of(policies), new CallbackFailures()).decide(REQUEST).block();
	}

}
