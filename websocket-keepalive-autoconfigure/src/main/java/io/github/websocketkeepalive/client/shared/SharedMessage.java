package io.github.websocketkeepalive.client.shared;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;

/**
 * A message that is on the heap, so that it can be kept, given to many and forgotten
 * without being released.
 *
 * @param type text or binary
 * @param payload the payload, which must not be changed
 */
public record SharedMessage(WebSocketMessage.Type type, byte[] payload) {

	/**
	 * Create a text message.
	 * @param text the text
	 * @return the message
	 */
	public static SharedMessage text(String text) {
		return new SharedMessage(WebSocketMessage.Type.TEXT, text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Create a binary message.
	 * @param payload the payload, which must not be changed
	 * @return the message
	 */
	public static SharedMessage binary(byte[] payload) {
		return new SharedMessage(WebSocketMessage.Type.BINARY, payload);
	}

	static SharedMessage copyOf(WebSocketMessage message) {
		DataBuffer buffer = message.getPayload();
		byte[] payload = new byte[buffer.readableByteCount()];
		buffer.toByteBuffer(ByteBuffer.wrap(payload));
		return new SharedMessage(message.getType(), payload);
	}

	WebSocketMessage to(WebSocketSession session) {
		return new WebSocketMessage(this.type, session.bufferFactory().wrap(this.payload));
	}

	/**
	 * Return the payload as text.
	 * @return the payload, decoded as UTF-8
	 */
	public String getText() {
		return new String(this.payload, StandardCharsets.UTF_8);
	}

	/**
	 * Return the message in Spring's terms.
	 * @return a message of its own, which need not be released
	 */
	public WebSocketMessage toWebSocketMessage() {
		return new WebSocketMessage(this.type, DefaultDataBufferFactory.sharedInstance.wrap(this.payload));
	}

}
