package io.github.websocketkeepalive.transport;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TcpInfo}.
 */
class TcpInfoTests {

	@Test
	void readsTheStructOfLinux() {
		ByteBuffer struct = ByteBuffer.allocate(148).order(ByteOrder.nativeOrder());
		struct.put(2, (byte) 3);
		struct.putInt(24, 17);
		struct.putInt(56, 1234);
		struct.putLong(120, 5_000_000_000L);
		struct.putLong(128, 6_000_000_000L);
		struct.putInt(144, 99);
		assertThat(TcpInfo.read(struct)).isEqualTo(new TcpInfo(3, 17, 1234, 5_000_000_000L, 6_000_000_000L, 99));
	}

	@Test
	void numbersOfTheStructAreUnsigned() {
		ByteBuffer struct = ByteBuffer.allocate(148).order(ByteOrder.nativeOrder());
		struct.put(2, (byte) 0xFF);
		struct.putInt(56, -1);
		struct.putInt(144, -2);
		assertThat(TcpInfo.read(struct)).isEqualTo(new TcpInfo(255, 0, 0xFFFF_FFFFL, 0, 0, 0xFFFF_FFFEL));
	}

	@Test
	void aChannelThatIsNoTcpConnectionCannotBeAsked() {
		EmbeddedChannel channel = new EmbeddedChannel();
		assertThat(TcpInfo.of(channel)).isNull();
		channel.close();
	}

}
