package io.github.websocketkeepalive.stream.codec;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.peer.PeerText;
import io.github.websocketkeepalive.stream.protocol.ClientFrame;
import io.github.websocketkeepalive.stream.protocol.FrameException;
import io.github.websocketkeepalive.stream.protocol.ServerFrame;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Reads bytes as frames of both sides. What can be read is the same when it is written
 * and read again.
 */
final class FrameFuzzer {

	private final StreamCodec codec;

	private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);

	FrameFuzzer(String subprotocol) {
		this.codec = new StreamCodecs(JsonMapper.shared()).find(subprotocol);
		assertThat(this.codec.subprotocol()).isEqualTo(subprotocol);
	}

	/**
	 * Read bytes as frames of both sides.
	 * @param bytes the bytes
	 * @return whether a client may send them
	 */
	boolean read(byte[] bytes) {
		boolean understood = readClient(bytes);
		readServer(bytes);
		assertThat(this.allocator.metric().usedHeapMemory()).isZero();
		return understood;
	}

	private boolean readClient(byte[] bytes) {
		try {
			ClientFrame frame = this.codec.decodeClient(Unpooled.wrappedBuffer(bytes));
			ByteBuf message = this.codec.encode(frame, this.allocator);
			assertThat(this.codec.decodeClient(message).getClass()).isEqualTo(frame.getClass());
			message.release();
			return true;
		}
		catch (FrameException ex) {
			check(ex);
			return false;
		}
	}

	private void readServer(byte[] bytes) {
		try {
			ServerFrame frame = this.codec.decodeServer(Unpooled.wrappedBuffer(bytes), (stream) -> Object.class);
			if (!StandardCharsets.UTF_8.newEncoder().canEncode(frame.toString())) {
				// Items are the application's: half of a surrogate pair in one reaches
				// it.
				return;
			}
			ByteBuf message = this.codec.encode(frame, this.allocator);
			assertThat(this.codec.decodeServer(message, (stream) -> Object.class).getClass())
				.isEqualTo(frame.getClass());
			message.release();
		}
		catch (FrameException ex) {
			check(ex);
		}
	}

	private static void check(FrameException failure) {
		assertThat(failure.getCode()).isEqualTo("bad-frame");
		assertThat(failure.getMessage()).isNotBlank().hasSizeLessThanOrEqualTo(PeerText.MAX_LENGTH);
	}

}
