package io.github.websocketkeepalive.heartbeat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UndecodedInput}, between bytes and an application that reads as it is
 * told to.
 */
@ExtendWith(LeakDetection.class)
class UndecodedInputTests {

	private static final int BUDGET = 1024;

	private static final int FRAME_COST = 128;

	private static final int MAX_MORE_AT_END = 256 * 1024;

	private final TestLookAhead lookAhead = new TestLookAhead();

	private final Application application = new Application();

	private final Inflater inflater = new Inflater();

	/**
	 * Runs no task within a read, as a real channel does not.
	 */
	private final EmbeddedChannel channel = new EmbeddedChannel() {

		@Override
		public Channel read() {
			pipeline().read();
			return this;
		}

	};

	UndecodedInputTests() {
		this.channel.config().setAutoRead(false);
		this.channel.pipeline()
			.addLast(new WebSocket13FrameDecoder(
					WebSocketDecoderConfig.newBuilder().closeOnProtocolViolation(false).build()))
			.addLast(this.inflater)
			.addLast("look-ahead", this.lookAhead)
			.addLast("application", this.application);
	}

	@AfterEach
	void close() {
		this.channel.finishAndReleaseAll();
	}

	@Test
	void ofManyTinyFramesInOneReadNoMoreIsDecodedThanTheBudgetHolds() {
		this.channel.writeInbound(frames(0, 9000));
		assertThat(this.lookAhead.frames).isEqualTo(BUDGET / (FRAME_COST + 4) + 1);
		assertThat(this.lookAhead.isReading(false)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 100, 5000 })
	void emptyFragmentsSpendTheBudgetToo(int atOnce) {
		byte[] fragment = RawClient.frame(false, RawClient.CONTINUATION, new byte[0]);
		ByteBuf input = Unpooled.buffer().writeBytes(RawClient.frame(false, RawClient.BINARY, new byte[0]));
		for (int i = 0; i < atOnce; i++) {
			input.writeBytes(fragment);
		}
		this.channel.writeInbound(input);
		for (int i = 0; i < 100; i++) {
			this.channel.writeInbound(Unpooled.copiedBuffer(fragment));
		}
		assertThat(this.lookAhead.frames).isEqualTo(BUDGET / FRAME_COST);
	}

	@Test
	void ofFramesThatInflateTheFirstTwoExceedTheBudgetAtMost() {
		this.inflater.length = 100 * BUDGET;
		this.channel.writeInbound(frames(0, 10));
		assertThat(this.lookAhead.frames).isEqualTo(2);
	}

	@Test
	void onlyOneFrameThatInflatesExceedsTheBudgetOnceTheApplicationStopsReading() {
		this.inflater.length = 100 * BUDGET;
		this.application.onFrame = () -> this.channel.config().setAutoRead(this.application.received.size() < 3);
		this.channel.config().setAutoRead(true);
		this.channel.writeInbound(frames(0, 10));
		assertThat(this.application.received).hasSize(3);
		assertThat(this.lookAhead.frames).isEqualTo(4);
	}

	@Test
	void whatArrivesWhenTheBudgetIsSpentIsNotDecoded() {
		this.channel.writeInbound(frames(0, 100));
		int before = this.lookAhead.frames;
		for (int i = 1; i <= 10; i++) {
			this.channel.writeInbound(frames(100 * i, 100));
		}
		assertThat(this.lookAhead.frames).isEqualTo(before);
		this.channel.config().setAutoRead(true);
		this.channel.runPendingTasks();
		assertThat(this.application.received).isEqualTo(numbers(1100));
	}

	@Test
	void theApplicationIsGivenOneFrameForEachReadWhileMoreIsDecoded() {
		this.channel.writeInbound(frames(0, 100));
		for (int i = 1; i <= 100; i++) {
			this.channel.read();
			assertThat(this.application.received).hasSize(i);
		}
		assertThat(this.application.received).isEqualTo(numbers(100));
	}

	@Test
	void nothingIsPassedOnWhileTheApplicationIsTurningAutoReadOn() {
		AtomicInteger meanwhile = new AtomicInteger(-1);
		this.application.onPing = () -> {
			this.channel.config().setAutoRead(true);
			meanwhile.set(this.application.received.size());
		};
		this.channel.writeInbound(Unpooled.wrappedBuffer(frames(0, 5), Unpooled.wrappedBuffer(ping())));
		assertThat(meanwhile).hasValue(0);
		assertThat(this.application.received).isEqualTo(numbers(5));
	}

	@Test
	void anApplicationThatAsksForOneFrameAfterTheOtherLetsOtherConnectionsTakeTheirTurns() {
		this.channel.writeInbound(frames(0, 1000));
		this.application.onFrame = this.channel.pipeline()::read;
		this.channel.pipeline().read();
		for (int turns = 1; this.application.received.size() < 1000; turns++) {
			assertThat(this.application.received).hasSizeBetween(turns * 128, turns * 128 + BUDGET / FRAME_COST);
			this.channel.runScheduledPendingTasks();
		}
		assertThat(this.application.received).isEqualTo(numbers(1000));
	}

	@Test
	void anApplicationThatTurnsAutoReadOnForEachFrameLetsOtherConnectionsTakeTheirTurns() {
		EventLoop eventLoop = this.channel.eventLoop();
		AtomicInteger beforeTheOthers = new AtomicInteger(-1);
		this.application.onFrame = () -> {
			this.channel.config().setAutoRead(false);
			eventLoop.execute(() -> this.channel.config().setAutoRead(true));
		};
		this.channel.writeInbound(frames(0, 1000));
		eventLoop.execute(() -> {
			this.channel.config().setAutoRead(true);
			eventLoop.schedule(() -> beforeTheOthers.set(this.application.received.size()), 0, TimeUnit.NANOSECONDS);
		});
		this.channel.runPendingTasks();
		assertThat(beforeTheOthers).hasValueLessThan(128 + BUDGET / FRAME_COST);
	}

	@Test
	void nothingMoreIsReadWhileFramesWaitForTheirTurn() {
		AtomicInteger reads = new AtomicInteger();
		this.channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {

			@Override
			public void read(ChannelHandlerContext context) {
				reads.incrementAndGet();
			}

		});
		this.channel.writeInbound(frames(0, 300));
		this.application.onFrame = this.channel.pipeline()::read;
		reads.set(0);
		this.channel.pipeline().read();
		assertThat(reads).hasValue(0);
		this.channel.runPendingTasks();
		this.channel.runPendingTasks();
		assertThat(this.application.received).hasSize(300);
		assertThat(reads).hasPositiveValue();
	}

	@Test
	void pingsWithinTheBudgetAreSeenThoughTheyCameInOneReadWithMuchMore() {
		this.channel
			.writeInbound(Unpooled.wrappedBuffer(frames(0, 5), Unpooled.wrappedBuffer(ping()), frames(5, 9000)));
		assertThat(this.application.pings).isOne();
		assertThat(this.application.received).isEmpty();
	}

	@Test
	void anApplicationThatReadsIsGivenAllFramesOfAReadAtOnce() {
		this.channel.config().setAutoRead(true);
		this.channel.writeInbound(frames(0, 1000));
		assertThat(this.application.received).isEqualTo(numbers(1000));
		assertThat(this.channel.pipeline().get(UndecodedInput.class)).isNull();
	}

	@Test
	void halfAFrameIsDecodedOnceItIsWhole() {
		ByteBuf frames = frames(0, 6);
		this.channel.writeInbound(frames.readRetainedSlice(frames.readableBytes() - 3));
		assertThat(this.lookAhead.frames).isEqualTo(5);
		this.channel.writeInbound(frames);
		assertThat(this.lookAhead.frames).isEqualTo(6);
	}

	@Test
	void framesThatAnotherHandlerTakesDoNotEndTheDecoding() {
		this.inflater.discards = 50;
		this.channel.writeInbound(frames(0, 55));
		assertThat(this.lookAhead.frames).isEqualTo(5);
	}

	@Test
	void whatCannotBeDecodedFailsTheApplicationBehindWhatCouldBe() {
		this.channel
			.writeInbound(Unpooled.wrappedBuffer(frames(0, 20), Unpooled.wrappedBuffer(new byte[] { 0x73, 0 })));
		assertThat(this.application.failure).isNull();
		this.channel.config().setAutoRead(true);
		this.channel.runPendingTasks();
		assertThat(this.application.received).isEqualTo(numbers(20));
		assertThat(this.application.failure).isInstanceOf(CorruptedWebSocketFrameException.class);
	}

	@Test
	void theEndDecodesEverythingThatHasArrived() {
		this.channel.writeInbound(frames(0, 100));
		this.channel.writeInbound(frames(100, 100));
		this.channel.close();
		assertThat(this.application.received).isEqualTo(numbers(200));
		assertThat(this.lookAhead.lost).isFalse();
	}

	@Test
	void theEndInflatesNoMoreThanOneMessageBeyondItsLimit() {
		this.inflater.length = MAX_MORE_AT_END / 4;
		this.channel.writeInbound(frames(0, 1000));
		this.channel.close();
		assertThat(this.lookAhead.lost).isTrue();
		assertThat(this.application.received).isEqualTo(numbers(this.application.received.size()));
		assertThat(this.lookAhead.frames).isLessThan(10);
	}

	@Test
	void whatIsKeptIsReleased() {
		ByteBuf kept = frames(100, 100);
		this.channel.writeInbound(frames(0, 100));
		this.channel.writeInbound(kept);
		this.channel.pipeline().remove(UndecodedInput.class);
		assertThat(kept.refCnt()).isZero();
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 5, 8, 13, 21, 34, 55, 89 })
	void everythingArrivesOnceAndInOrderHoweverItIsCutAndRead(long seed) {
		SplittableRandom random = new SplittableRandom(seed);
		this.application.onFrame = () -> {
			switch (random.nextInt(12)) {
				case 0, 1 -> this.channel.config().setAutoRead(true);
				case 2, 3 -> this.channel.config().setAutoRead(false);
				case 4, 5, 6 -> this.channel.read();
				default -> {
				}
			}
		};
		ByteBuf frames = frames(0, 5000);
		while (frames.isReadable()) {
			switch (random.nextInt(6)) {
				case 0 -> this.channel.config().setAutoRead(random.nextInt(3) == 0);
				case 1, 2 -> this.channel.read();
				default -> this.channel
					.writeInbound(frames.readRetainedSlice(Math.min(random.nextInt(500), frames.readableBytes())));
			}
			int arrived = this.application.received.size();
			assertThat(this.lookAhead.frames - arrived).isLessThanOrEqualTo(BUDGET / (FRAME_COST + 4) + 1);
		}
		frames.release();
		this.channel.config().setAutoRead(false);
		this.application.onFrame = () -> {
		};
		this.channel.config().setAutoRead(true);
		this.channel.runPendingTasks();
		assertThat(this.application.received).isEqualTo(numbers(5000));
	}

	private static ByteBuf frames(int first, int count) {
		ByteBuf frames = Unpooled.buffer();
		for (int i = first; i < first + count; i++) {
			frames.writeBytes(
					RawClient.frame(true, RawClient.BINARY, "%04d".formatted(i).getBytes(StandardCharsets.US_ASCII)));
		}
		return frames;
	}

	private static byte[] ping() {
		return RawClient.frame(true, RawClient.PING, new byte[0]);
	}

	private static List<Integer> numbers(int count) {
		return IntStream.range(0, count).boxed().toList();
	}

	/**
	 * Makes frames longer, as decompression does, and takes some for itself.
	 */
	private static final class Inflater extends ChannelInboundHandlerAdapter {

		private int length;

		private int discards;

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (this.discards > 0) {
				this.discards--;
				ReferenceCountUtil.release(message);
			}
			else if (this.length > 0 && message instanceof BinaryWebSocketFrame frame) {
				ByteBuf content = Unpooled.buffer(this.length).writeBytes(frame.content());
				frame.release();
				context.fireChannelRead(new BinaryWebSocketFrame(content));
			}
			else {
				context.fireChannelRead(message);
			}
		}

	}

	private static final class TestLookAhead extends LookAhead {

		private int frames;

		private boolean lost;

		@Override
		int budget() {
			return BUDGET;
		}

		@Override
		void frame(ChannelHandlerContext context, Object message) {
			if (message instanceof PingWebSocketFrame) {
				ping(context, message);
			}
			else if (this.lost) {
				ReferenceCountUtil.release(message);
			}
			else {
				this.frames++;
				data(context, message);
			}
		}

		@Override
		void inputLost(ChannelHandlerContext context) {
			this.lost = true;
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			flushHeld(context);
			context.fireExceptionCaught(cause);
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			flushHeld(context);
			context.fireChannelInactive();
		}

		@Override
		public void handlerRemoved(ChannelHandlerContext context) {
			releaseHeld();
		}

	}

	private static final class Application extends ChannelInboundHandlerAdapter {

		private final List<Integer> received = new ArrayList<>();

		private int pings;

		private @Nullable Throwable failure;

		private Runnable onFrame = () -> {
		};

		private Runnable onPing = () -> {
		};

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (message instanceof PingWebSocketFrame) {
				this.pings++;
				this.onPing.run();
			}
			else {
				ByteBuf content = ((WebSocketFrame) message).content();
				this.received.add(Integer.parseInt(content.toString(0, 4, StandardCharsets.US_ASCII)));
				this.onFrame.run();
			}
			ReferenceCountUtil.release(message);
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			this.failure = cause;
		}

	}

}
