package io.github.websocketkeepalive.client.handshake;

import java.time.Duration;

import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.client.reconnect.RetryHint;

import static org.assertj.core.api.Assertions.assertThat;

class HandshakeRefusedExceptionTests {

	@Test
	void itTellsStatusAndHintAndHasNoStackTrace() {
		HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SERVICE_UNAVAILABLE);
		response.headers().set("Retry-After", "1");
		HandshakeRefusedException refusal = HandshakeRefusedException.ofServer(response);
		assertThat(refusal).hasMessage("status 503");
		assertThat(refusal.getStatus()).isEqualTo(503);
		assertThat(refusal.getHint()).isEqualTo(new RetryHint(Duration.ofSeconds(1), true));
		assertThat(refusal.getStackTrace()).isEmpty();
	}

}
