package io.github.websocketkeepalive.client.reconnect;

import java.io.IOException;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.websocketkeepalive.connection.CloseCause;

import static org.assertj.core.api.Assertions.assertThat;

class ReconnectPolicyTests {

	private final ReconnectPolicy policy = ReconnectPolicy.defaults();

	@ParameterizedTest
	@ValueSource(ints = { 1001, 1002, 1005, 1006, 1011, 1012, 1013, 1014, 1015, 3000, 3008, 3499, 4000, 4499 })
	void aClientComesBackAfterTheCode(int code) {
		assertThat(this.policy.mayReturn(closed(code), 0)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1000, 1003, 1007, 1008, 1009, 1010, 3500, 3999, 4500, 4999 })
	void theCodeIsFinal(int code) {
		assertThat(this.policy.mayReturn(closed(code), 0)).isFalse();
	}

	@Test
	void aServerThatBreaksTheProtocolInTheEyesOfTheClientIsFinal() {
		Disconnect found = Disconnect.closed(CloseCause.PROTOCOL_ERROR, 1002, "", Duration.ofSeconds(1), null);
		assertThat(this.policy.mayReturn(found, 1)).isFalse();
		assertThat(this.policy.withCloseCodes(true, 1002).mayReturn(found, 1)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "1, true", "19, true", "20, false", "21, false" })
	void theCode1002IsFinalWhenItComesTwentyTimesInARow(int times, boolean again) {
		assertThat(this.policy.mayReturn(closed(1002), times)).isEqualTo(again);
		assertThat(this.policy.withCloseCodes(true, 1002).mayReturn(closed(1002), times)).isTrue();
		assertThat(this.policy.withCloseCodes(false, 1002).mayReturn(closed(1002), times)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 408, 425, 429, 500, 502, 503, 504, 599 })
	void aClientComesBackAfterTheStatus(int status) {
		assertThat(this.policy.mayReturn(refused(status), 0)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 302, 400, 401, 403, 404, 410, 426 })
	void theStatusIsFinal(int status) {
		assertThat(this.policy.mayReturn(refused(status), 0)).isFalse();
	}

	@ParameterizedTest
	@EnumSource(names = { "HTTP_STATUS", "INVALID_URI" }, mode = EnumSource.Mode.EXCLUDE)
	void everyOtherFailureIsTriedAgain(HandshakeFailure failure) {
		assertThat(this.policy.mayReturn(Disconnect.failed(failure, new IOException()), 0)).isTrue();
	}

	@Test
	void aUriThatNobodyCanConnectToIsNotTriedAgain() {
		assertThat(this.policy.mayReturn(Disconnect.failed(HandshakeFailure.INVALID_URI, new IOException()), 0))
			.isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "403, false", "407, false", "429, true", "502, true" })
	void aStatusOfAProxyCountsAsOneOfTheServer(int status, boolean again) {
		assertThat(this.policy.mayReturn(Disconnect.refusedByProxy(status, null, new IOException()), 0))
			.isEqualTo(again);
		assertThat(this.policy.withHttpStatuses(true, 403, 407)
			.mayReturn(Disconnect.refusedByProxy(status, null, new IOException()), 0)).isTrue();
	}

	@Test
	void aSessionThatItsHandlerEndedIsNotOpenedAgain() {
		assertThat(this.policy
			.mayReturn(Disconnect.closed(CloseCause.LOCAL_CLOSED, 1005, null, Duration.ofSeconds(1), null), 0))
			.isFalse();
	}

	@Test
	void everyDecisionOfTheTableCanBeChanged() {
		ReconnectPolicy changed = this.policy.withCloseCodes(true, 1000, 4500)
			.withCloseCodes(false, 1012)
			.withHttpStatuses(true, 404)
			.withHttpStatuses(false, 503);
		assertThat(changed.mayReturn(closed(1000), 0)).isTrue();
		assertThat(changed.mayReturn(closed(4500), 0)).isTrue();
		assertThat(changed.mayReturn(closed(1012), 0)).isFalse();
		assertThat(changed.mayReturn(refused(404), 0)).isTrue();
		assertThat(changed.mayReturn(refused(503), 0)).isFalse();
		assertThat(this.policy.mayReturn(closed(1012), 0)).isTrue();
	}

	private static Disconnect closed(int code) {
		return Disconnect.closed(CloseCause.PEER_CLOSED, code, "", Duration.ofSeconds(1), null);
	}

	private static Disconnect refused(int status) {
		return Disconnect.refused(status, null, new IOException());
	}

}
