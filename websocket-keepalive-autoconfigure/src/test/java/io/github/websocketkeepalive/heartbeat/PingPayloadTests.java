package io.github.websocketkeepalive.heartbeat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PingPayload}.
 */
class PingPayloadTests {

	private static final int PREFIX = 0xcafebabe;

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, Integer.MAX_VALUE })
	void carriesItsNumberBack(int sequence) {
		ByteBuf payload = PingPayload.encode(UnpooledByteBufAllocator.DEFAULT, PREFIX, sequence);
		assertThat(payload.readableBytes()).isEqualTo(8);
		assertThat(PingPayload.decode(payload, PREFIX)).isEqualTo(sequence);
		assertThat(payload.readableBytes()).isEqualTo(8);
		payload.release();
	}

	@Test
	void isFoundWhereverTheBufferStarts() {
		ByteBuf payload = Unpooled.buffer().writeByte(0).writeInt(PREFIX).writeInt(7);
		payload.skipBytes(1);
		assertThat(PingPayload.decode(payload, PREFIX)).isEqualTo(7);
	}

	@Test
	void isNotThatOfAnotherConnection() {
		ByteBuf payload = Unpooled.buffer().writeInt(PREFIX + 1).writeInt(7);
		assertThat(PingPayload.decode(payload, PREFIX)).isEqualTo(-1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 4, 7, 9, 125 })
	void isNotAPayloadOfAnotherLength(int length) {
		ByteBuf payload = Unpooled.buffer().writeInt(PREFIX).writeInt(7).writeZero(125).slice(0, length);
		assertThat(PingPayload.decode(payload, PREFIX)).isEqualTo(-1);
	}

}
