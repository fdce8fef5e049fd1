package io.github.websocketkeepalive.transport;

import io.netty.channel.Channel;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.Http2StreamChannel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link TransportName}.
 */
class TransportNameTests {

	@Test
	void isThatOfTheChannelsClass() {
		assertThat(TransportName.of(mock(NioSocketChannel.class))).isEqualTo("nio");
		assertThat(TransportName.of(mock(EpollSocketChannel.class))).isEqualTo("epoll");
		assertThat(TransportName.of(new KQueueSocketChannel())).isEqualTo("kqueue");
		assertThat(TransportName.of(new IoUringSocketChannel())).isEqualTo("io_uring");
		assertThat(TransportName.of(new LocalChannel())).isEqualTo("other");
	}

	@Test
	void ofAConnectionThatAServerAcceptedIsItsOwn() {
		assertThat(TransportName.of(accepted())).isEqualTo("nio");
	}

	@Test
	void ofAStreamIsThatOfItsConnection() {
		Http2StreamChannel stream = mock(Http2StreamChannel.class);
		Channel connection = accepted();
		given(stream.parent()).willReturn(connection);
		assertThat(TransportName.of(stream)).isEqualTo("nio+h2");
	}

	private static Channel accepted() {
		NioSocketChannel connection = mock(NioSocketChannel.class);
		ServerSocketChannel server = mock(ServerSocketChannel.class);
		given(connection.parent()).willReturn(server);
		return connection;
	}

	private static final class KQueueSocketChannel extends EmbeddedChannel {

		KQueueSocketChannel() {
			super(DefaultChannelId.newInstance());
		}

	}

	private static final class IoUringSocketChannel extends EmbeddedChannel {

		IoUringSocketChannel() {
			super(DefaultChannelId.newInstance());
		}

	}

}
