package io.github.websocketkeepalive.client.handshake;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.client.reconnect.RetryHint;

import static org.assertj.core.api.Assertions.assertThat;

class HandshakeRefusedExceptionTests {

	@Test
	void itTellsStatusAndHintAndHasNoStackTrace() {
		RetryHint hint = new RetryHint(Duration.ofSeconds(1), true);
		HandshakeRefusedException refusal = new HandshakeRefusedException(503, hint);
		assertThat(refusal).hasMessage("status 503");
		assertThat(refusal.getStatus()).isEqualTo(503);
		assertThat(refusal.getHint()).isEqualTo(hint);
		assertThat(refusal.getStackTrace()).isEmpty();
	}

}
