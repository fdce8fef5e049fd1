package io.github.websocketkeepalive.transport;

import java.nio.ByteBuffer;
import java.time.Duration;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.liveness.Evidence;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link StreamWindows}, and for what {@link TcpEvidence} tells of a stream.
 */
class StreamWindowsTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final int WINDOW = 65535;

	private static final int END_OF_HEADERS = 4;

	/**
	 * In the static table of HPACK (RFC 7541, appendix A).
	 */
	private static final byte STATUS_200 = (byte) 0x88;

	private static final int MUCH = 60_000;

	private final TcpEvidence evidence = new TcpEvidence();

	private final EmbeddedChannel connection = new EmbeddedChannel();

	private Http2StreamChannel stream;

	@BeforeEach
	void openStream() {
		connect(this.connection);
		receive(Http2FrameTypes.SETTINGS, 0, 0);
		enlarge(0, 100 * WINDOW);
		this.stream = open(this.connection);
	}

	@AfterEach
	void close() {
		this.connection.finishAndReleaseAll();
	}

	@Test
	void aStreamThatTookEverythingTellsNothing() {
		write(this.stream, 10);
		assertThat(look()).isEqualTo(Evidence.UNKNOWN);
		write(this.stream, 10);
		assertThat(look()).isEqualTo(Evidence.UNKNOWN);
		assertThat(this.evidence.isUnread()).isFalse();
	}

	@Test
	void aStreamWhoseWindowIsUsedUpIsStuckWhateverAnotherTakes() {
		Http2StreamChannel other = open(this.connection);
		write(this.stream, WINDOW + 1000);
		for (int i = 0; i < 3; i++) {
			assertThat(look()).isEqualTo(Evidence.STUCK);
			write(other, WINDOW);
			enlarge(other.stream().id(), WINDOW);
		}
	}

	@Test
	void aStreamThatTakesSomeIsDeliveringThoughMoreIsWrittenMeanwhile() {
		for (int i = 0; i < 20; i++) {
			write(this.stream, 4096);
		}
		assertThat(look()).isEqualTo(Evidence.STUCK);
		for (int i = 0; i < 3; i++) {
			enlarge(this.stream.stream().id(), 4096);
			write(this.stream, 4096);
			write(this.stream, 4096);
			assertThat(look()).isEqualTo(Evidence.DELIVERING);
			assertThat(look()).isEqualTo(Evidence.STUCK);
			write(this.stream, 4096);
			assertThat(look()).isEqualTo(Evidence.STUCK);
		}
	}

	@Test
	void aStreamThatTakesSomeOfALargeMessageIsDelivering() {
		write(this.stream, 10 * WINDOW);
		assertThat(look()).isEqualTo(Evidence.STUCK);
		enlarge(this.stream.stream().id(), 4096);
		assertThat(look()).isEqualTo(Evidence.DELIVERING);
		assertThat(look()).isEqualTo(Evidence.STUCK);
	}

	@Test
	void aStreamThatMaySendNothingForWhatAnotherHasSentIsUnread() {
		Http2StreamChannel other = open(this.connection);
		other.config().setAutoRead(false);
		receive(Http2FrameTypes.HEADERS, END_OF_HEADERS, other.stream().id(), STATUS_200);
		for (int sent = 0; sent < WINDOW; sent += 13107) {
			assertThat(look()).isEqualTo(Evidence.UNKNOWN);
			assertThat(this.evidence.isUnread()).isFalse();
			receive(Http2FrameTypes.DATA, 0, other.stream().id(), new byte[13107]);
		}
		assertThat(look()).isEqualTo(Evidence.UNKNOWN);
		assertThat(this.evidence.isUnread()).isTrue();
		other.config().setAutoRead(true);
		assertThat(look()).isEqualTo(Evidence.UNKNOWN);
		assertThat(this.evidence.isUnread()).isFalse();
	}

	@Test
	void whatTheHostTakesOfAnotherStreamIsNoProgress() throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(Transport.EPOLL, 4096)) {
			Http2StreamChannel stream = connection.call(() -> open(connect(connection.channel())));
			connection.call(() -> write(open(connection.channel()), MUCH));
			await().atMost(PATIENCE).until(() -> connection.call(() -> look(stream)) == Evidence.STUCK);
			long acknowledged = connection.call(() -> TcpInfo.of(connection.channel())).bytesAcknowledged();
			connection.peer().getInputStream().readNBytes(MUCH / 2);
			await().atMost(PATIENCE)
				.until(() -> connection.call(() -> TcpInfo.of(connection.channel()))
					.bytesAcknowledged() > acknowledged);
			assertThat(connection.call(() -> look(stream))).isEqualTo(Evidence.STUCK);
			connection.peer().getInputStream().readNBytes(MUCH / 2);
			await().atMost(PATIENCE).until(() -> connection.call(() -> look(stream)) == Evidence.DELIVERED);
		}
	}

	@Test
	void bytesThatLieUnreadAreNoProgress() throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(Transport.EPOLL)) {
			Http2StreamChannel stream = connection.call(() -> open(connect(connection.channel())));
			await().atMost(PATIENCE).until(() -> connection.call(() -> look(stream)) == Evidence.DELIVERED);
			connection.call(() -> {
				connection.peer().getOutputStream().write(frame(Http2FrameTypes.SETTINGS, 0, 0).array(), 0, 9);
				await().atMost(PATIENCE).pollInSameThread().until(() -> look(stream) == Evidence.UNKNOWN);
				assertThat(this.evidence.isUnread()).isTrue();
				assertThat(look(stream)).isEqualTo(Evidence.UNKNOWN);
				return null;
			});
			await().atMost(PATIENCE).until(() -> connection.call(() -> look(stream)) == Evidence.DELIVERED);
			assertThat(this.evidence.isUnread()).isFalse();
		}
	}

	private Evidence look() {
		return look(this.stream);
	}

	private Evidence look(Http2StreamChannel stream) {
		return this.evidence.look(stream, 0);
	}

	private static Channel connect(Channel connection) {
		connection.pipeline()
			.addLast(Http2FrameCodecBuilder.forClient().build(),
					new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
		return connection;
	}

	private static Http2StreamChannel open(Channel connection) {
		Http2StreamChannel stream = new Http2StreamChannelBootstrap(connection)
			.handler(new ChannelInboundHandlerAdapter())
			.open()
			.getNow();
		WireMeter.of(stream);
		stream.writeAndFlush(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().method("CONNECT")));
		return stream;
	}

	private static ChannelFuture write(Http2StreamChannel stream, int bytes) {
		return stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[bytes])));
	}

	private void enlarge(int stream, int bytes) {
		receive(Http2FrameTypes.WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(Integer.BYTES).putInt(bytes).array());
	}

	private void receive(byte type, int flags, int stream, byte... payload) {
		this.connection.writeInbound(frame(type, flags, stream, payload));
	}

	private static ByteBuf frame(byte type, int flags, int stream, byte... payload) {
		return Unpooled.buffer()
			.writeMedium(payload.length)
			.writeByte(type)
			.writeByte(flags)
			.writeInt(stream)
			.writeBytes(payload);
	}

}
