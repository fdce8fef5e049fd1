package io.github.websocketkeepalive.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.event.Level;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.logging.NoiseScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ConnectionTap}.
 */
class ConnectionTapTests {

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final ConnectionTap tap = ConnectionTap.install(this.channel.pipeline());

	@Test
	void theResetOfAConnectionIsNoiseWhileAStreamOfItIsAWebSocket() {
		EmbeddedChannel connection = new EmbeddedChannel();
		NoiseScope.apply(connection, new NoiseScope.Policy(Level.DEBUG, (logger) -> {
		}));
		AtomicBoolean noise = new AtomicBoolean();
		connection.pipeline().addLast(new ChannelInboundHandlerAdapter() {

			@Override
			public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
				noise.set(NoiseScope.covering("io.netty.channel.DefaultChannelPipeline", failure) != null);
			}

		});
		EmbeddedChannel stream = new EmbeddedChannel();
		ConnectionTap.install(connection.pipeline()).carries(stream);
		connection.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
		assertThat(noise).isTrue();
		connection.pipeline().fireExceptionCaught(new IllegalStateException("a bug"));
		assertThat(noise).isFalse();
		connection.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
		assertThat(noise).isTrue();
		stream.close();
		connection.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
		assertThat(noise).isFalse();
	}

	@Test
	void thereIsOneAndItIsFirst() {
		EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
		ConnectionTap tap = ConnectionTap.install(channel.pipeline());
		assertThat(channel.pipeline().first()).isSameAs(tap);
		assertThat(ConnectionTap.install(channel.pipeline())).isSameAs(tap);
		channel.finishAndReleaseAll();
	}

	@Test
	void countsWhatIsReceivedAndPassesItOn() {
		long before = System.nanoTime();
		this.channel.writeInbound(Unpooled.wrappedBuffer(new byte[7]), new TextWebSocketFrame("12345"), "nothing");
		assertThat(this.tap.meter().bytesReceived()).isEqualTo(12);
		assertThat(this.tap.meter().bytesSent()).isZero();
		assertThat(this.tap.meter().lastReceivedNanos()).isBetween(before, System.nanoTime());
		assertThat(this.channel.inboundMessages()).hasSize(3);
		this.channel.finishAndReleaseAll();
	}

	@Test
	void countsWhatIsSentAndPassesItOn() {
		long lastReceived = this.tap.meter().lastReceivedNanos();
		this.channel.writeOutbound(Unpooled.wrappedBuffer(new byte[7]), new TextWebSocketFrame("12345"), "nothing");
		assertThat(this.tap.meter().bytesSent()).isEqualTo(12);
		assertThat(this.tap.meter().bytesReceived()).isZero();
		assertThat(this.tap.meter().lastReceivedNanos()).isEqualTo(lastReceived);
		assertThat(this.channel.outboundMessages()).hasSize(3);
		this.channel.finishAndReleaseAll();
	}

	@ParameterizedTest
	@CsvSource({ "Connection reset by peer, RESET", "Broken pipe, RESET", ", RESET",
			"Connection timed out, TRANSPORT_DEAD",
			"recvAddress(..) failed with error(-110): Connection timed out, TRANSPORT_DEAD" })
	void keepsHowTheTransportFailedAndPassesItOn(String message, CloseCause failure) {
		IOException exception = new IOException(message);
		this.channel.pipeline().fireExceptionCaught(exception);
		assertThat(this.tap.meter().failure()).isEqualTo(failure);
		assertThatExceptionOfType(IOException.class).isThrownBy(this.channel::checkException).isSameAs(exception);
	}

	@Test
	void keepsTheFirstFailure() {
		this.channel.pipeline().addLast(new ExceptionSink());
		this.channel.pipeline().fireExceptionCaught(new IOException("Connection timed out"));
		this.channel.pipeline().fireExceptionCaught(new IOException("Broken pipe"));
		assertThat(this.tap.meter().failure()).isEqualTo(CloseCause.TRANSPORT_DEAD);
	}

	@Test
	void doesNotTakeAnythingElseForAFailureOfTheTransport() {
		this.channel.pipeline().addLast(new ExceptionSink());
		this.channel.pipeline().fireExceptionCaught(new DecoderException("timed out"));
		assertThat(this.tap.meter().failure()).isNull();
	}

	@Test
	void resetsPastHandlersThatWouldDelayTheClose() {
		this.channel.pipeline().addLast(new ChannelOutboundHandlerAdapter() {

			@Override
			public void close(ChannelHandlerContext context, ChannelPromise promise) {
			}

		});
		WireMeter.reset(this.channel);
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void resetsAChannelWithoutATap() {
		EmbeddedChannel channel = new EmbeddedChannel();
		WireMeter.reset(channel);
		assertThat(channel.isOpen()).isFalse();
	}

	@Test
	void aPeerSeesAResetWhereItWouldSeeAnEnd() throws Exception {
		EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Bootstrap bootstrap = new Bootstrap().group(group)
				.channel(NioSocketChannel.class)
				.handler(new ChannelInitializer<Channel>() {

					@Override
					protected void initChannel(Channel channel) {
						ConnectionTap.install(channel.pipeline());
					}

				});
			Channel reset = bootstrap.connect(server.getLocalSocketAddress()).sync().channel();
			try (Socket peer = server.accept()) {
				reset.eventLoop().execute(() -> WireMeter.reset(reset));
				assertThatExceptionOfType(SocketException.class).isThrownBy(peer.getInputStream()::read);
			}
			Channel closed = bootstrap.connect(server.getLocalSocketAddress()).sync().channel();
			try (Socket peer = server.accept()) {
				closed.close();
				assertThat(peer.getInputStream().read()).isEqualTo(-1);
			}
		}
		finally {
			group.shutdownGracefully();
		}
	}

	private static final class ExceptionSink extends ChannelInboundHandlerAdapter {

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		}

	}

}
