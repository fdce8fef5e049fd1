package io.github.websocketkeepalive.client.shared;

import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.web.reactive.socket.WebSocketMessage;

import static org.assertj.core.api.Assertions.assertThat;

class SharedMessageTests {

	@Test
	void textIsUtf8() {
		assertThat(SharedMessage.text("grüße").payload()).hasSize(7);
		assertThat(SharedMessage.text("grüße").getText()).isEqualTo("grüße");
		assertThat(SharedMessage.text("grüße").toWebSocketMessage().getPayloadAsText()).isEqualTo("grüße");
	}

	@Test
	void aCopyDoesNotChangeWithWhatItWasMadeOf() {
		byte[] payload = { 1, 2, 3 };
		SharedMessage copy = SharedMessage.copyOf(new WebSocketMessage(WebSocketMessage.Type.BINARY,
				DefaultDataBufferFactory.sharedInstance.wrap(payload)));
		payload[0] = 9;
		assertThat(copy.type()).isEqualTo(WebSocketMessage.Type.BINARY);
		assertThat(copy.payload()).containsExactly(1, 2, 3);
	}

}
