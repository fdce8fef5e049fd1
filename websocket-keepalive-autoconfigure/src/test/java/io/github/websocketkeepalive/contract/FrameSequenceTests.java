package io.github.websocketkeepalive.contract;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.util.ReferenceCountUtil;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.websocketkeepalive.connection.ConnectionDetails;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.liveness.PingMode;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.Listening;
import io.github.websocketkeepalive.test.RecordingListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever a peer sends, as server or as client: nothing escapes, nothing leaks, and each
 * connection that opened has closed once.
 */
@ExtendWith(LeakDetection.class)
class FrameSequenceTests {

	private static final int SEQUENCES = 2_000;

	private static final int[] FIRST_BYTES = { 0x00, 0x01, 0x02, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8A, 0xC1, 0x41 };

	private static final LivenessPolicy POLICY = LivenessPolicy.of(PingMode.ALWAYS, Duration.ofSeconds(1),
			Duration.ofMillis(500), Duration.ofMillis(400), Duration.ofSeconds(5));

	@ParameterizedTest
	@EnumSource
	void noSequenceEscapesOrLeaks(Role role) {
		for (int seed = 0; seed < SEQUENCES; seed++) {
			play(role, new SplittableRandom(seed));
		}
	}

	private static void play(Role role, SplittableRandom random) {
		RecordingListener listener = new RecordingListener();
		EventLoopMonitors monitors = new EventLoopMonitors(Duration.ofMillis(100));
		WebSocketDecoderConfig config = WebSocketDecoderConfig.newBuilder()
			.expectMaskedFrames(role == Role.SERVER)
			.allowExtensions(true)
			.maxFramePayloadLength(1000)
			.build();
		EmbeddedChannel channel = new EmbeddedChannel(new WebSocket13FrameDecoder(config),
				new WebSocket13FrameEncoder(role == Role.CLIENT));
		channel.freezeTime();
		channel.pipeline().addLast("application", new Application());
		ConnectionDetails details = new ConnectionDetails(role, "/ws", "/ws", null, null, null);
		new Heartbeats(new ConnectionRegistry(Listening.by(ConnectionListener.class, listener)), monitors,
				Heartbeats.Options.of(1024))
			.start(channel, details, POLICY, "application");
		for (int i = random.nextInt(30); i >= 0 && channel.isOpen(); i--) {
			channel.pipeline().fireChannelRead(cut(frame(role, random), random));
			channel.pipeline().fireChannelReadComplete();
			checkException(channel);
			channel.config().setAutoRead(random.nextBoolean());
			channel.advanceTimeBy(random.nextInt(200), TimeUnit.MILLISECONDS);
			channel.runScheduledPendingTasks();
			channel.releaseOutbound();
		}
		channel.finishAndReleaseAll();
		monitors.close();
		assertThat(listener.opened()).hasSize(1);
		assertThat(listener.closed()).hasSize(1);
	}

	// What ends the channel reaches the application or, once its handler is gone, the
	// tail.
	private static void checkException(EmbeddedChannel channel) {
		try {
			channel.checkException();
		}
		catch (CodecException ex) {
			assertThat(channel.isOpen()).isFalse();
		}
	}

	// Mostly a frame that could be one, sometimes with a bit of it missing.
	private static ByteBuf cut(ByteBuf frame, SplittableRandom random) {
		if (random.nextInt(20) == 0) {
			frame.writerIndex(random.nextInt(frame.writerIndex() + 1));
		}
		return frame;
	}

	private static ByteBuf frame(Role role, SplittableRandom random) {
		int first = (random.nextInt(10) > 0) ? FIRST_BYTES[random.nextInt(FIRST_BYTES.length)] : random.nextInt(256);
		boolean masked = (role == Role.SERVER) ^ (random.nextInt(50) == 0);
		byte[] payload = new byte[random.nextInt((random.nextInt(10) > 0) ? 20 : 1100)];
		if (random.nextBoolean()) {
			random.nextBytes(payload);
		}
		ByteBuf frame = Unpooled.buffer().writeByte(first);
		int mask = masked ? 0x80 : 0;
		if (payload.length < 126) {
			frame.writeByte(mask | payload.length);
		}
		else {
			frame.writeByte(mask | 126).writeShort(payload.length);
		}
		return (masked ? frame.writeInt(0) : frame).writeBytes(payload);
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
