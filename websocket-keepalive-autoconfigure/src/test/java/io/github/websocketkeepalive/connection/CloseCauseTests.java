package io.github.websocketkeepalive.connection;

import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CloseCause}.
 */
class CloseCauseTests {

	@Test
	void theVocabularyIsClosed() {
		assertThat(CloseCause.values()).extracting(CloseCause::text)
			.containsExactly("peer-closed", "local-closed", "ping-timeout", "transport-dead", "reset", "eof",
					"protocol-error", "too-large", "slow-consumer", "control-flood", "max-age", "drain", "operator",
					"handler-error", "handshake-failed", "out-of-memory");
	}

	@ParameterizedTest
	@CsvSource({ "PING_TIMEOUT, 1011", "SLOW_CONSUMER, 1013", "CONTROL_FLOOD, 1008", "MAX_AGE, 1012", "DRAIN, 1012",
			"TOO_LARGE, 1009", "PROTOCOL_ERROR, 1002", "HANDLER_ERROR, 1011", "OPERATOR, 1000", "EOF, 1006",
			"RESET, 1006", "PEER_CLOSED, 1005", "LOCAL_CLOSED, 1005", "TRANSPORT_DEAD, 1011", "HANDSHAKE_FAILED, 1006",
			"OUT_OF_MEMORY, 1011" })
	void aCauseHasItsCode(CloseCause cause, int code) {
		assertThat(cause.code()).isEqualTo(code);
	}

	@ParameterizedTest
	@EnumSource
	void aTextIsTheNameInLowerCaseWithHyphens(CloseCause cause) {
		assertThat(cause.text()).matches("[a-z]+(-[a-z]+)*");
		assertThat(cause.name()).isEqualToIgnoringCase(cause.text().replace('-', '_'));
	}

	@Test
	void onlyWhoBrokeTheRulesMayNotComeBack() {
		assertThat(Arrays.stream(CloseCause.values()).filter((cause) -> !cause.mayReturn()))
			.containsExactly(CloseCause.PROTOCOL_ERROR, CloseCause.TOO_LARGE, CloseCause.CONTROL_FLOOD);
	}

}
