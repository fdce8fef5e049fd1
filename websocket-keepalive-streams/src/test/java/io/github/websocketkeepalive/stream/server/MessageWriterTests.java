package io.github.websocketkeepalive.stream.server;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.netty.NettyPipeline;

import io.github.websocketkeepalive.test.LeakDetection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(LeakDetection.class)
class MessageWriterTests {

	private static final int FRAGMENT = MessageWriter.FRAGMENT_BYTES;

	private final Queue<ByteBuf> messages = new ArrayDeque<>();

	private final AtomicInteger closed = new AtomicInteger();

	private final Socket socket = new Socket();

	private EmbeddedChannel channel;

	private Runnable making = () -> {
	};

	private Error failure;

	@AfterEach
	void finish() {
		this.channel.finishAndReleaseAll();
		this.messages.forEach(ByteBuf::release);
		this.socket.taken.forEach(WebSocketFrame::release);
	}

	@Test
	void aSmallMessageIsOneFrame() {
		MessageWriter writer = open(false);
		add(FRAGMENT);
		writer.write();
		assertThat(this.socket.described()).containsExactly("TextWebSocketFrame fin 65536");
	}

	@Test
	void aLargeMessageIsSeveralFragmentsThatMakeItUp() {
		MessageWriter writer = open(true);
		add(2 * FRAGMENT + 1);
		writer.write();
		assertThat(this.socket.described()).containsExactly("BinaryWebSocketFrame 65536",
				"ContinuationWebSocketFrame 65536", "ContinuationWebSocketFrame fin 1");
		ByteArrayOutputStream received = new ByteArrayOutputStream();
		for (WebSocketFrame frame : this.socket.taken) {
			received.writeBytes(ByteBufUtil.getBytes(frame.content()));
		}
		assertThat(received.toByteArray()).isEqualTo(content(2 * FRAGMENT + 1));
	}

	@Test
	void noMessageIsAskedForBeforeTheChannelTakesIt() {
		MessageWriter writer = open(false);
		add(100);
		add(100);
		this.socket.stalled = true;
		add(FRAGMENT);
		add(FRAGMENT);
		add(FRAGMENT);
		writer.write();
		assertThat(this.messages).hasSize(4);
		this.socket.go();
		assertThat(this.messages).isEmpty();
	}

	@Test
	void fragmentsWaitForTheChannelAndLetOtherFramesOvertake() {
		MessageWriter writer = open(false);
		add(4 * FRAGMENT);
		this.socket.stalled = true;
		writer.write();
		this.channel.writeAndFlush(new PingWebSocketFrame());
		this.socket.go();
		assertThat(this.socket.described()).containsExactly("TextWebSocketFrame 65536", "PingWebSocketFrame fin 0",
				"ContinuationWebSocketFrame 65536", "ContinuationWebSocketFrame 65536",
				"ContinuationWebSocketFrame fin 65536");
	}

	@Test
	void nothingFollowsACloseFrame() {
		MessageWriter writer = open(false);
		add(4 * FRAGMENT);
		add(100);
		this.socket.stalled = true;
		writer.write();
		this.channel.writeAndFlush(new CloseWebSocketFrame());
		this.socket.go();
		writer.write();
		assertThat(this.socket.described()).containsExactly("TextWebSocketFrame 65536", "CloseWebSocketFrame fin 0");
	}

	@Test
	void aMessageWhoseMakingClosesTheConnectionIsReleased() {
		MessageWriter writer = open(false);
		add(100);
		ByteBuf message = this.messages.peek();
		this.making = () -> this.channel.writeAndFlush(new CloseWebSocketFrame());
		writer.write();
		assertThat(this.socket.described()).containsExactly("CloseWebSocketFrame fin 0");
		assertThat(message.refCnt()).isZero();
	}

	@Test
	void aFastPeerDoesNotKeepOthersWaiting() {
		MessageWriter writer = open(false);
		for (int i = 0; i < 10; i++) {
			add(FRAGMENT);
		}
		writer.write();
		assertThat(this.messages).hasSize(6);
		this.channel.runPendingTasks();
		this.channel.runScheduledPendingTasks();
		assertThat(this.messages).isEmpty();
	}

	@Test
	void theEndOfTheChannelIsToldAndWhatIsLeftReleased() {
		MessageWriter writer = open(false);
		add(4 * FRAGMENT);
		ByteBuf message = this.messages.peek();
		this.socket.stalled = true;
		writer.write();
		this.channel.close();
		this.socket.release();
		assertThat(this.closed).hasValue(1);
		assertThat(message.refCnt()).isZero();
	}

	@Test
	void messagesThatCannotBeMadeFailTheConnectionInsteadOfFreezingIt() {
		MessageWriter writer = open(false);
		add(100);
		this.failure = new OutOfMemoryError("direct memory");
		writer.write();
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(this.channel::checkException)
			.withCause(this.failure);
		this.failure = null;
		writer.write();
		assertThat(this.socket.described()).isEmpty();
	}

	@Test
	void onAChannelThatIsClosedAlreadyNothingIsWritten() {
		MessageWriter writer = new MessageWriter(this::poll, false, this::laterOnEventLoop,
				this.closed::incrementAndGet);
		this.channel = new EmbeddedChannel();
		this.channel.close();
		writer.install(this.channel);
		add(100);
		writer.write();
		assertThat(this.messages).hasSize(1);
	}

	private ByteBuf poll() {
		if (this.failure != null) {
			throw this.failure;
		}
		this.making.run();
		return this.messages.poll();
	}

	private MessageWriter open(boolean binary) {
		MessageWriter writer = new MessageWriter(this::poll, binary, this::laterOnEventLoop,
				this.closed::incrementAndGet);
		this.channel = new EmbeddedChannel(this.socket, new ChannelOutboundHandlerAdapter());
		this.channel.pipeline().addLast(NettyPipeline.ReactiveBridge, new ChannelDuplexHandler());
		writer.install(this.channel);
		return writer;
	}

	private void laterOnEventLoop(Runnable turn) {
		this.channel.eventLoop().schedule(turn, 0, TimeUnit.NANOSECONDS);
	}

	private void add(int bytes) {
		this.messages.add(this.channel.alloc().buffer(bytes).writeBytes(content(bytes)));
	}

	private static byte[] content(int bytes) {
		byte[] content = new byte[bytes];
		for (int i = 0; i < bytes; i++) {
			content[i] = (byte) i;
		}
		return content;
	}

	/**
	 * Takes frames at once, or makes the channel unwritable by the first one.
	 */
	private static final class Socket extends ChannelDuplexHandler {

		private final List<WebSocketFrame> taken = new ArrayList<>();

		private boolean stalled;

		private ChannelHandlerContext context;

		@Override
		public void handlerAdded(ChannelHandlerContext context) {
			this.context = context;
			context.channel().config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, 2));
		}

		@Override
		public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
			this.taken.add((WebSocketFrame) message);
			if (this.stalled) {
				writable(false);
			}
			promise.setSuccess();
		}

		void go() {
			this.stalled = false;
			writable(true);
		}

		private void writable(boolean writable) {
			this.context.channel().unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
			((EmbeddedChannel) this.context.channel()).runPendingTasks();
		}

		List<String> described() {
			return this.taken.stream()
				.map((frame) -> frame.getClass().getSimpleName() + (frame.isFinalFragment() ? " fin " : " ")
						+ frame.content().readableBytes())
				.toList();
		}

		void release() {
			this.taken.forEach(WebSocketFrame::release);
			this.taken.clear();
		}

	}

}
