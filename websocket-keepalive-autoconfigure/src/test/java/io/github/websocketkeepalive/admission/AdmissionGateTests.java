package io.github.websocketkeepalive.admission;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpHeaders;

import io.github.websocketkeepalive.admission.AdmissionDecision.Rejected;
import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.test.Listening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyDouble;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

@ExtendWith(OutputCaptureExtension.class)
class AdmissionGateTests {

	private static final InetSocketAddress ADDRESS = new InetSocketAddress("10.0.0.1", 1);

	private final OpenFiles openFiles = mock(OpenFiles.class);

	private final List<String> refusals = new ArrayList<>();

	@Test
	void everyoneIsAdmittedWithoutLimits() {
		AdmissionGate gate = gate(null, null, null, 1);
		for (int i = 0; i < 1000; i++) {
			assertThat(gate.enter(() -> request(ADDRESS, null)).decision()).isEqualTo(AdmissionDecision.admit());
		}
		assertThat(gate.slotsTaken()).isZero();
		verify(this.openFiles, never()).exceed(anyDouble());
	}

	@Test
	void aRequestIsDescribedOnlyWhereALimitNeedsIt() {
		AdmissionGate gate = gate(List.of(), 1, null, null, 0.95);
		Supplier<AdmissionRequest> undescribed = () -> {
			throw new AssertionError("described");
		};
		assertThat(gate.enter(undescribed).decision()).isEqualTo(AdmissionDecision.admit());
		assertThat(gate.enter(undescribed).decision()).isInstanceOf(Rejected.class);
	}

	@Test
	void aClosedGateRefusesEverybodyUntilItOpens() {
		AdmissionGate gate = gate(null, null, null, 1);
		gate.close(() -> Duration.ZERO);
		assertRefused(gate, 503, "draining");
		gate.open();
		assertThat(gate.enter(() -> request(ADDRESS, null)).decision()).isEqualTo(AdmissionDecision.admit());
	}

	@Test
	void aClosedGateWantsNobodyBackBeforeItOpens() {
		AdmissionGate gate = gate(null, null, null, 1);
		gate.close(() -> Duration.ofSeconds(20));
		Rejected rejection = (Rejected) gate.enter(() -> request(ADDRESS, null)).decision();
		assertThat(rejection.retryAfter()).isBetween(Duration.ofMillis(22_500), Duration.ofMillis(27_500));
	}

	@Test
	void aFullServerRefuses() {
		AdmissionGate gate = gate(1, null, null, 1);
		Admission first = gate.enter(() -> request(ADDRESS, null));
		assertRefused(gate, 503, "max-connections");
		first.release();
		first.release();
		assertThat(gate.slotsTaken()).isZero();
	}

	@Test
	void anAddressWithTooManyConnectionsIsRefusedAndOthersAreNot() {
		AdmissionGate gate = gate(null, 1, null, 1);
		gate.enter(() -> request(ADDRESS, null));
		assertRefused(gate, 429, "max-connections-per-address");
		assertThat(gate.enter(() -> request(new InetSocketAddress("10.0.0.2", 1), null)).decision())
			.isEqualTo(AdmissionDecision.admit());
	}

	@Test
	void aHandshakeBeyondTheRateIsRefusedAndHoldsNoSlot() {
		AdmissionGate gate = gate(10, 10, 1, 1);
		gate.enter(() -> request(ADDRESS, null));
		assertRefused(gate, 503, "rate");
		assertThat(gate.slotsTaken()).isOne();
	}

	@Test
	void whoIsRefusedForAnotherReasonTakesNothingFromTheRate() {
		AdmissionGate gate = gate(null, null, 1, 1);
		gate.close(() -> Duration.ZERO);
		gate.enter(() -> request(ADDRESS, null));
		gate.open();
		assertThat(gate.enter(() -> request(ADDRESS, null)).decision()).isEqualTo(AdmissionDecision.admit());
	}

	@Test
	void aForeignOriginIsRefusedForGood() {
		Rejected rejection = (Rejected) gate(1, null, null, 1).enter(() -> request(ADDRESS, "https://evil.com"))
			.decision();
		assertThat(rejection).isEqualTo(new Rejected(403, "origin", null));
	}

	@Test
	void aClientThatHasFoundTheServerUnderAForeignNameIsRefusedThoughItsOriginIsTheSame() {
		AdmissionGate gate = gate(List.of("https://example.org"), List.of("example.org"), null, null, null, 1);
		HttpHeaders headers = new HttpHeaders();
		headers.setOrigin("http://evil.com");
		AdmissionRequest request = new AdmissionRequest("/ws", "http://evil.com", headers, ADDRESS, null);
		assertThat(gate.enter(() -> request).decision()).isEqualTo(new Rejected(403, "host", null));
	}

	@Test
	void anAddressBeyondTheRateWaitsBehindItselfAndNotInFrontOfOthers() {
		AdmissionGate gate = gate(null, null, 20, 1);
		for (int i = 0; i < 9281; i++) {
			gate.enter(() -> request(ADDRESS, null));
		}
		InetSocketAddress other = new InetSocketAddress("10.0.0.2", 1);
		AdmissionDecision decision = gate.enter(() -> request(other, null)).decision();
		assertThat((decision instanceof Rejected rejected) ? rejected.retryAfter() : Duration.ZERO)
			.isLessThan(Duration.ofSeconds(1));
	}

	@Test
	void severalOriginsAreNone() {
		HttpHeaders headers = new HttpHeaders();
		headers.add("Origin", "https://example.org");
		headers.add("Origin", "https://evil.com");
		AdmissionRequest request = new AdmissionRequest("/ws", "http://localhost", headers, ADDRESS, null);
		assertThat(gate(null, null, null, 1).enter(() -> request).decision())
			.isEqualTo(new Rejected(403, "origin", null));
	}

	@Test
	void aProcessShortOfFilesRefuses() {
		given(this.openFiles.exceed(0.95)).willReturn(true);
		assertRefused(gate(null, null, null, 0.95), 503, "open-files");
	}

	@Test
	void aSlotIsPassedToTheConnectionAndGivenBackWhenItCloses() {
		AdmissionGate gate = gate(1, 1, null, 1);
		Admission admission = gate.enter(() -> request(ADDRESS, null));
		admission.pass();
		admission.release();
		assertThat(gate.slotsTaken()).isOne();
		gate.onClosed(connection(Role.CLIENT, ADDRESS), CloseCause.EOF, 1006);
		assertThat(gate.slotsTaken()).isOne();
		gate.onClosed(connection(Role.SERVER, ADDRESS), CloseCause.EOF, 1006);
		assertThat(gate.slotsTaken()).isZero();
		assertThat(gate.addresses()).isZero();
	}

	@Test
	void aListenerThatFailsKeepsNobodyFromBeingTold(CapturedOutput output) {
		gate(null, null, null, 1).rejected("rate", ADDRESS);
		assertThat(this.refusals).containsExactly("rate");
		assertThat(output).contains("failed", "deliberate");
	}

	private void assertRefused(AdmissionGate gate, int status, String reason) {
		Rejected rejection = (Rejected) gate.enter(() -> request(ADDRESS, null)).decision();
		assertThat(rejection.status()).isEqualTo(status);
		assertThat(rejection.reason()).isEqualTo(reason);
		assertThat(rejection.retryAfter()).isPositive();
	}

	private AdmissionGate gate(Integer most, Integer maxPerAddress, Integer rate, double ratio) {
		return gate(List.of("https://example.org"), most, maxPerAddress, rate, ratio);
	}

	private AdmissionGate gate(List<String> origins, Integer most, Integer maxPerAddress, Integer rate, double ratio) {
		return gate(origins, List.of(), most, maxPerAddress, rate, ratio);
	}

	private AdmissionGate gate(List<String> origins, List<String> hosts, Integer most, Integer maxPerAddress,
			Integer rate, double ratio) {
		AdmissionLimits limits = new AdmissionLimits(most, maxPerAddress, rate, null, Duration.ofSeconds(5), origins,
				hosts, ratio);
		AdmissionListener failing = (reason, remoteAddress) -> {
			throw new IllegalStateException("deliberate");
		};
		return new AdmissionGate(limits, this.openFiles, new RetryPacing(Duration.ofSeconds(5), 0),
				Listening.by(AdmissionListener.class, failing, (reason, remoteAddress) -> this.refusals.add(reason)));
	}

	private static AdmissionRequest request(InetSocketAddress address, String origin) {
		HttpHeaders headers = new HttpHeaders();
		headers.setOrigin(origin);
		return new AdmissionRequest("/ws", "http://localhost", headers, address, null);
	}

	private static WebSocketConnection connection(Role role, InetSocketAddress address) {
		WebSocketConnection connection = mock(WebSocketConnection.class);
		given(connection.getRole()).willReturn(role);
		given(connection.getRemoteAddress()).willReturn(address);
		return connection;
	}

}
