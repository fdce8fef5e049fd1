package io.github.websocketkeepalive.contract;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.util.ReferenceCountUtil;

import io.github.websocketkeepalive.connection.ConnectionDetails;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.liveness.PingMode;
import io.github.websocketkeepalive.test.Listening;
import io.github.websocketkeepalive.test.RecordingListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever bytes a peer sends, in whatever pieces and at whatever times: nothing escapes,
 * every buffer is released, and the connection closes once. The first byte of an input
 * chooses the role; pieces follow, each with a byte of time, a byte of length and its
 * bytes.
 */
class FrameFuzzTests {

	private static final LivenessPolicy POLICY = LivenessPolicy.of(PingMode.ALWAYS, Duration.ofSeconds(1),
			Duration.ofMillis(500), Duration.ofMillis(400), Duration.ofSeconds(5));

	@FuzzTest
	void noBytesEscapeOrLeak(byte[] bytes) {
		ByteBuffer input = ByteBuffer.wrap(bytes);
		Role role = (input.hasRemaining() && (input.get() & 1) == 0) ? Role.SERVER : Role.CLIENT;
		RecordingListener listener = new RecordingListener();
		EventLoopMonitors monitors = new EventLoopMonitors(Duration.ofMillis(100));
		UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
		EmbeddedChannel channel = open(role, allocator);
		ConnectionDetails details = new ConnectionDetails(role, "/ws", "/ws", null, null, null);
		new Heartbeats(new ConnectionRegistry(Listening.by(ConnectionListener.class, listener)), monitors,
				Heartbeats.Options.of(1024))
			.start(channel, details, POLICY, "application");
		while (input.remaining() > 2 && channel.isOpen()) {
			int time = input.get() & 0xFF;
			byte[] piece = new byte[Math.min(input.get() & 0xFF, input.remaining())];
			input.get(piece);
			channel.pipeline().fireChannelRead(allocator.buffer(Math.max(1, piece.length)).writeBytes(piece));
			channel.pipeline().fireChannelReadComplete();
			checkException(channel);
			channel.config().setAutoRead((time & 1) == 0);
			channel.advanceTimeBy(time, TimeUnit.MILLISECONDS);
			channel.runScheduledPendingTasks();
			channel.releaseOutbound();
		}
		channel.pipeline().close();
		checkException(channel);
		channel.finishAndReleaseAll();
		monitors.close();
		assertThat(listener.opened()).hasSize(1);
		assertThat(listener.closed()).hasSize(1);
		assertThat(allocator.metric().usedHeapMemory()).isZero();
		assertThat(allocator.metric().usedDirectMemory()).isZero();
	}

	private static EmbeddedChannel open(Role role, UnpooledByteBufAllocator allocator) {
		WebSocketDecoderConfig config = WebSocketDecoderConfig.newBuilder()
			.expectMaskedFrames(role == Role.SERVER)
			.allowExtensions(true)
			.maxFramePayloadLength(1000)
			.build();
		EmbeddedChannel channel = new EmbeddedChannel();
		channel.config().setAllocator(allocator);
		channel.freezeTime();
		channel.pipeline()
			.addLast(new WebSocket13FrameDecoder(config), new WebSocket13FrameEncoder(role == Role.CLIENT))
			.addLast("application", new Application());
		return channel;
	}

	private static void checkException(EmbeddedChannel channel) {
		try {
			channel.checkException();
		}
		catch (CodecException ex) {
			assertThat(channel.isOpen()).isFalse();
		}
	}

	private static final class Application extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			ReferenceCountUtil.release(message);
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
			assertThat(failure).isInstanceOf(CodecException.class);
		}

	}

}
