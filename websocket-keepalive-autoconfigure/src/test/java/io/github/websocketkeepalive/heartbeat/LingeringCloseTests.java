package io.github.websocketkeepalive.heartbeat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.function.Consumer;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.netty.DisposableServer;
import reactor.netty.tcp.TcpServer;

import io.github.websocketkeepalive.test.LeakDetection;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(LeakDetection.class)
class LingeringCloseTests {

	@Test
	void aChannelThatCannotCloseOneSideIsClosedAtOnce() {
		EmbeddedChannel channel = new EmbeddedChannel();
		LingeringClose.install(channel);
		channel.close();
		assertThat(channel.isOpen()).isFalse();
	}

	@Test
	void thePeerReadsTheLastWordsThoughItSendsOn() throws IOException {
		DisposableServer server = start((channel) -> channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] { 7 }))
			.addListener(ChannelFutureListener.CLOSE));
		try (Socket peer = new Socket("localhost", server.port())) {
			for (int i = 0; i < 100; i++) {
				peer.getOutputStream().write(new byte[64 * 1024]);
			}
			assertThat(peer.getInputStream().read()).isEqualTo(7);
			assertThat(peer.getInputStream().read()).isEqualTo(-1);
			peer.getOutputStream().write(new byte[64 * 1024]);
		}
		finally {
			server.disposeNow();
		}
	}

	@Test
	void whatStillWaitsForTheSocketIsSentFirst() throws IOException {
		int much = 16 * 1024 * 1024;
		DisposableServer server = start((channel) -> {
			channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[much]));
			channel.close();
		});
		try (Socket peer = new Socket("localhost", server.port())) {
			assertThat(peer.getInputStream().readAllBytes()).hasSize(much);
		}
		finally {
			server.disposeNow();
		}
	}

	@Test
	void aPeerThatSendsOnAndOnIsNotReadForEver() throws IOException {
		DisposableServer server = start(Channel::close);
		long sent = 0;
		try (Socket peer = new Socket("localhost", server.port())) {
			peer.setSendBufferSize(64 * 1024);
			while (sent < 4 * LingeringClose.MAX_BYTES) {
				peer.getOutputStream().write(new byte[64 * 1024]);
				sent += 64 * 1024;
			}
		}
		catch (IOException ex) {
			assertThat(sent).isGreaterThan(LingeringClose.MAX_BYTES);
		}
		finally {
			server.disposeNow();
		}
		assertThat(sent).isLessThan(2 * LingeringClose.MAX_BYTES);
	}

	private static DisposableServer start(Consumer<Channel> onOpen) {
		return TcpServer.create()
			.bindAddress(() -> new InetSocketAddress("localhost", 0))
			.doOnConnection((connection) -> {
				LingeringClose.install(connection.channel());
				onOpen.accept(connection.channel());
			})
			.handle((inbound, outbound) -> outbound.neverComplete())
			.bindNow();
	}

}
