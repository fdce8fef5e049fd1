package io.github.websocketkeepalive.heartbeat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.util.ReferenceCountUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LookAhead}, between a socket that counts how often it is to be read
 * and an application that reads as it is told to.
 */
class LookAheadTests {

	private static final int BUDGET = 1024;

	private static final int FRAME_COST = 128;

	private final TestLookAhead lookAhead = new TestLookAhead(BUDGET);

	private final Socket socket = new Socket();

	private final Application application = new Application();

	private final EmbeddedChannel channel = channel(this.lookAhead);

	@AfterEach
	void close() {
		this.channel.finishAndReleaseAll();
	}

	@Test
	void whatArrivesUnaskedIsHeldAndDeliveredInOrderAsTheApplicationReads() {
		receive("1", "2", "3");
		assertThat(this.application.received).isEmpty();
		for (int i = 1; i <= 3; i++) {
			this.channel.read();
			assertThat(this.application.received).hasSize(i);
		}
		assertThat(this.application.received).containsExactly("1", "2", "3");
	}

	@Test
	void aReadAheadOfItsFrameDeliversOneFrame() {
		this.channel.read();
		assertThat(this.socket.reads).isOne();
		receive("1", "2");
		assertThat(this.application.received).containsExactly("1");
	}

	@Test
	void whatIsInflatedHasTheBudgetUntilAReadAfterThatOfTheHandshake() {
		assertThat(this.lookAhead.room(this.channel)).isEqualTo(BUDGET);
		this.channel.read();
		assertThat(this.lookAhead.room(this.channel)).isEqualTo(BUDGET);
		this.channel.read();
		assertThat(this.lookAhead.room(this.channel)).isEqualTo(Integer.MAX_VALUE);
		receive("1");
		assertThat(this.lookAhead.room(this.channel)).isEqualTo(BUDGET);
	}

	@Test
	void aMessageThatWaitsToBeInflatedEndsTheReadOfTheHandshake() {
		this.channel.read();
		this.lookAhead.inflationWaits(this.channel.pipeline());
		assertThat(this.lookAhead.isReading(false)).isFalse();
		this.channel.read();
		assertThat(this.lookAhead.isReading(false)).isTrue();
		assertThat(this.lookAhead.room(this.channel)).isEqualTo(Integer.MAX_VALUE);
	}

	@Test
	void twoReadsBeforeAFrameAreOneReadAsOfASocket() {
		this.channel.read();
		this.channel.read();
		receive("1", "2");
		assertThat(this.application.received).containsExactly("1");
	}

	@Test
	void whatArrivesBehindHeldFramesIsDeliveredBehindThem() {
		receive("1", "2");
		this.channel.read();
		receive("3");
		this.channel.config().setAutoRead(true);
		receive("4");
		assertThat(this.application.received).containsExactly("1", "2", "3", "4");
	}

	@Test
	void autoReadDrainsWhatIsHeldAndReadsOn() {
		receive("1", "2", "3");
		int reads = this.socket.reads;
		this.channel.config().setAutoRead(true);
		assertThat(this.application.received).containsExactly("1", "2", "3");
		assertThat(this.socket.reads).isGreaterThan(reads);
	}

	@Test
	void nothingIsDeliveredOnceAutoReadIsOff() {
		this.channel.config().setAutoRead(true);
		receive("1");
		this.channel.config().setAutoRead(false);
		receive("2");
		assertThat(this.application.received).containsExactly("1");
	}

	@Test
	void drainingStopsWhereTheApplicationTurnsAutoReadOff() {
		receive("1", "2", "3");
		this.application.onFrame = () -> {
			if (this.application.received.size() == 2) {
				this.channel.config().setAutoRead(false);
			}
		};
		this.channel.config().setAutoRead(true);
		assertThat(this.application.received).containsExactly("1", "2");
	}

	@Test
	void readsOnWithoutTheApplicationUntilTheBudgetIsSpent() {
		int fitting = BUDGET / (FRAME_COST + 1);
		for (int i = 0; i < fitting; i++) {
			receive("x");
			assertThat(this.socket.reads).isEqualTo(i + 1);
		}
		assertThat(this.lookAhead.isReading(false)).isTrue();
		receive("x");
		assertThat(this.socket.reads).isEqualTo(fitting);
		assertThat(this.lookAhead.isReading(false)).isFalse();
		assertThat(this.lookAhead.isReading(true)).isTrue();
	}

	@Test
	void readsOnOnceTheApplicationHasMadeRoomInABudgetThatWasSpent() {
		receive("x".repeat(BUDGET), "y");
		int reads = this.socket.reads;
		this.channel.read();
		assertThat(this.application.received).hasSize(1);
		assertThat(this.lookAhead.isReading(false)).isTrue();
		assertThat(this.socket.reads).isGreaterThan(reads);
	}

	@Test
	void knowsWhetherTheApplicationHasEverRead() {
		receive("1");
		assertThat(this.lookAhead.isOfInterest()).isFalse();
		this.channel.config().setAutoRead(true);
		this.channel.config().setAutoRead(false);
		assertThat(this.lookAhead.isOfInterest()).isTrue();
	}

	@Test
	void payloadCountsAgainstTheBudget() {
		receive("x".repeat(BUDGET - FRAME_COST - 1));
		assertThat(this.lookAhead.isReading(false)).isTrue();
		this.channel.read();
		receive("x".repeat(BUDGET - FRAME_COST));
		assertThat(this.lookAhead.isReading(false)).isFalse();
	}

	@Test
	void emptyFramesCountAgainstTheBudget() {
		for (int i = 0; i < BUDGET / FRAME_COST; i++) {
			receive("");
		}
		assertThat(this.lookAhead.isReading(false)).isFalse();
	}

	@Test
	void withoutABudgetNothingIsReadUnasked() {
		TestLookAhead none = new TestLookAhead(0);
		EmbeddedChannel channel = channel(none);
		int reads = this.socket.reads;
		channel.writeInbound(new TextWebSocketFrame("1"));
		assertThat(this.socket.reads).isEqualTo(reads);
		assertThat(none.isReading(false)).isFalse();
		channel.read();
		assertThat(this.application.received).containsExactly("1");
		channel.finishAndReleaseAll();
	}

	@Test
	void aDeliveryFreesItsShareOfTheBudget() {
		receive("x".repeat(BUDGET));
		assertThat(this.lookAhead.isReading(false)).isFalse();
		this.channel.read();
		assertThat(this.lookAhead.isReading(false)).isTrue();
	}

	@Test
	void aReadBeyondTheBudgetIsARead() {
		this.channel.read();
		receive("x".repeat(BUDGET), "y".repeat(BUDGET));
		int reads = this.socket.reads;
		this.channel.read();
		this.channel.read();
		assertThat(this.socket.reads).isGreaterThan(reads);
		assertThat(this.lookAhead.isReading(false)).isTrue();
	}

	@Test
	void readsFromWithinADeliveryAreNotNested() {
		TestLookAhead large = new TestLookAhead(Integer.MAX_VALUE);
		EmbeddedChannel channel = channel(large);
		for (int i = 0; i < 10_000; i++) {
			channel.writeOneInbound(new TextWebSocketFrame(String.valueOf(i)));
		}
		channel.flushInbound();
		this.application.onFrame = channel::read;
		channel.read();
		assertThat(this.application.received).hasSize(10_000).startsWith("0", "1").endsWith("9999");
		assertThat(this.application.deepest).isOne();
		channel.finishAndReleaseAll();
	}

	@Test
	void anAggregatorBehindAsksOnUntilTheMessageIsWhole() {
		this.channel.pipeline().addBefore("application", "aggregator", new WebSocketFrameAggregator(BUDGET));
		this.channel.writeInbound(new TextWebSocketFrame(false, 0, "a"), new ContinuationWebSocketFrame(false, 0, "b"),
				new ContinuationWebSocketFrame(true, 0, "c"), new TextWebSocketFrame("next"));
		this.channel.read();
		assertThat(this.application.received).containsExactly("abc");
	}

	@Test
	void aPingOvertakesDataThatIsHeld() {
		receive("1", "2");
		this.channel.writeInbound(ping());
		assertThat(this.application.received).containsExactly("ping");
	}

	@Test
	void whatReactorNettyReadsAfterItsPongIsNoWishOfTheApplication() {
		this.application.answersLikeReactorNetty = true;
		receive("x".repeat(BUDGET), "2");
		int reads = this.socket.reads;
		for (int i = 0; i < 3; i++) {
			this.channel.writeInbound(ping());
		}
		assertThat(this.application.received).containsExactly("ping", "ping", "ping");
		assertThat(this.socket.reads).isEqualTo(reads);
		assertThat(this.lookAhead.isReading(false)).isFalse();
	}

	@Test
	void pingsAreDataWhereTheApplicationAnswersThem() {
		this.channel.writeInbound(ping());
		receive("1");
		this.channel.writeInbound(ping());
		assertThat(this.application.received).containsExactly("ping");
		this.channel.config().setAutoRead(true);
		assertThat(this.application.received).containsExactly("ping", "1", "ping");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void anApplicationThatReadsBecauseOfAPingIsGivenWhatIsHeld(boolean answersBeforeItReads) {
		receive("1", "2");
		this.application.onFrame = () -> {
			if (this.application.received.size() == 1) {
				if (answersBeforeItReads) {
					this.channel.pipeline().context("application").writeAndFlush(new PongWebSocketFrame());
				}
				this.channel.config().setAutoRead(true);
			}
		};
		this.channel.writeInbound(ping());
		assertThat(this.application.received).containsExactly("ping", "1", "2");
	}

	@Test
	void aReadBecauseOfAPingThatNobodyAnsweredIsAWishOfTheApplication() {
		receive("1", "2");
		this.application.onFrame = () -> {
			if (this.application.received.size() == 1) {
				this.channel.read();
			}
		};
		this.channel.writeInbound(ping());
		assertThat(this.application.received).containsExactly("ping", "1");
	}

	@Test
	void aPongThatComesLaterIsTheApplications() {
		this.channel.writeInbound(ping());
		this.channel.pipeline().context("application").writeAndFlush(new PongWebSocketFrame());
		receive("1");
		this.channel.writeInbound(ping());
		assertThat(this.application.received).containsExactly("ping");
	}

	@Test
	void theEndPassesEverythingOnInOrder() {
		receive("x".repeat(BUDGET), "2", "3");
		this.lookAhead.flushHeld(this.channel.pipeline().context("look-ahead"));
		assertThat(this.application.received).hasSize(3).endsWith("2", "3");
		assertThat(this.lookAhead.isReading(false)).isTrue();
		this.lookAhead.flushHeld(this.channel.pipeline().context("look-ahead"));
		assertThat(this.application.received).hasSize(3);
	}

	@Test
	void theEndMayComeWhileAFrameIsDelivered() {
		receive("1", "2", "3");
		this.application.onFrame = () -> {
			if (this.application.received.size() == 1) {
				this.lookAhead.flushHeld(this.channel.pipeline().context("look-ahead"));
			}
		};
		this.channel.read();
		assertThat(this.application.received).containsExactly("1", "2", "3");
	}

	@Test
	void releaseFreesEverything() {
		TextWebSocketFrame first = new TextWebSocketFrame("1");
		PingWebSocketFrame second = ping();
		this.channel.writeInbound(ping(), first, second);
		this.lookAhead.releaseHeld();
		assertThat(first.refCnt()).isZero();
		assertThat(second.refCnt()).isZero();
		assertThat(this.lookAhead.isReading(false)).isTrue();
		this.channel.config().setAutoRead(true);
		assertThat(this.application.received).containsExactly("ping");
	}

	@Test
	void releaseWhileAFrameIsDeliveredEndsTheDelivery() {
		receive("1", "2", "3");
		this.application.onFrame = this.lookAhead::releaseHeld;
		this.channel.config().setAutoRead(true);
		assertThat(this.application.received).containsExactly("1");
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 5, 8, 13, 21, 34, 55, 89 })
	void everythingArrivesOnceInOrderAndNeverUnasked(long seed) {
		SplittableRandom random = new SplittableRandom(seed);
		Oracle oracle = new Oracle(this.channel, this.application, () -> random.nextInt(3) == 0);
		for (int i = 0; i < 2_000; i++) {
			switch (random.nextInt(8)) {
				case 0, 1 -> oracle.read();
				case 2 -> this.channel.config().setAutoRead(random.nextBoolean());
				default -> oracle.receive(random.nextInt(4), random.nextInt(300));
			}
			oracle.check(this.lookAhead);
		}
		this.application.onFrame = () -> {
		};
		this.lookAhead.flushHeld(this.channel.pipeline().context("look-ahead"));
		assertThat(this.application.received).isEqualTo(oracle.sent);
	}

	private EmbeddedChannel channel(TestLookAhead lookAhead) {
		EmbeddedChannel channel = new EmbeddedChannel();
		channel.config().setAutoRead(false);
		channel.pipeline()
			.addLast(this.socket)
			.addLast("look-ahead", lookAhead)
			.addLast("application", this.application);
		this.socket.reads = 0;
		return channel;
	}

	private void receive(String... texts) {
		for (String text : texts) {
			this.channel.writeOneInbound(new TextWebSocketFrame(text));
		}
		this.channel.flushInbound();
	}

	private static PingWebSocketFrame ping() {
		return new PingWebSocketFrame(Unpooled.buffer().writeInt(1));
	}

	private static final class Socket extends ChannelOutboundHandlerAdapter {

		private int reads;

		@Override
		public boolean isSharable() {
			return true;
		}

		@Override
		public void read(ChannelHandlerContext context) {
			this.reads++;
			context.read();
		}

	}

	/**
	 * Sends every event where the handler of a heartbeat sends it.
	 */
	private static final class TestLookAhead extends LookAhead {

		private final int budget;

		private TestLookAhead(int budget) {
			this.budget = budget;
		}

		@Override
		int budget() {
			return this.budget;
		}

		@Override
		void frame(ChannelHandlerContext context, Object message) {
			if (message instanceof PingWebSocketFrame) {
				ping(context, message);
			}
			else {
				data(context, message);
			}
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			context.fireExceptionCaught(cause);
		}

		@Override
		public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
			if (message instanceof PongWebSocketFrame) {
				pongWritten();
			}
			context.write(message, promise);
		}

	}

	private static final class Application extends ChannelInboundHandlerAdapter {

		private final List<String> received = new ArrayList<>();

		private boolean answersLikeReactorNetty;

		private Runnable onFrame = () -> {
		};

		private int depth;

		private int deepest;

		@Override
		public boolean isSharable() {
			return true;
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			this.depth++;
			this.deepest = Math.max(this.deepest, this.depth);
			boolean isPing = message instanceof PingWebSocketFrame;
			this.received.add(isPing ? "ping" : ((TextWebSocketFrame) message).text());
			ReferenceCountUtil.release(message);
			if (isPing && this.answersLikeReactorNetty) {
				context.writeAndFlush(new PongWebSocketFrame());
				context.read();
			}
			this.onFrame.run();
			this.depth--;
		}

	}

	/**
	 * What is held is what was sent and has not arrived; what may arrive was asked for.
	 */
	private static final class Oracle {

		private final List<String> sent = new ArrayList<>();

		private final EmbeddedChannel channel;

		private final Application application;

		private boolean demanded;

		Oracle(EmbeddedChannel channel, Application application, BooleanSupplier readsOn) {
			this.channel = channel;
			this.application = application;
			application.onFrame = () -> {
				assertThat(this.demanded || channel.config().isAutoRead()).isTrue();
				this.demanded = false;
				if (readsOn.getAsBoolean()) {
					read();
				}
			};
		}

		void read() {
			this.demanded = !this.channel.config().isAutoRead();
			this.channel.read();
		}

		void receive(int frames, int length) {
			for (int i = 0; i < frames; i++) {
				String text = this.sent.size() + "x".repeat(length);
				this.sent.add(text);
				WebSocketFrame frame = new TextWebSocketFrame(text);
				this.channel.writeOneInbound(frame);
			}
			this.channel.flushInbound();
		}

		void check(LookAhead lookAhead) {
			int arrived = this.application.received.size();
			assertThat(this.application.received).isEqualTo(this.sent.subList(0, arrived));
			boolean autoRead = this.channel.config().isAutoRead();
			int heldCost = this.sent.subList(arrived, this.sent.size())
				.stream()
				.mapToInt((text) -> FRAME_COST + text.length())
				.sum();
			if (autoRead) {
				this.demanded = false;
			}
			if (autoRead || this.demanded) {
				assertThat(heldCost).isZero();
			}
			assertThat(lookAhead.isReading(autoRead)).isEqualTo(autoRead || this.demanded || heldCost < BUDGET);
		}

	}

}
