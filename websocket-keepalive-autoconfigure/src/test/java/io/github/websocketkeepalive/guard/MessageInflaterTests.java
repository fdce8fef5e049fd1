package io.github.websocketkeepalive.guard;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.Deflater;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionDecoder;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketServerExtensionHandler;
import io.netty.handler.codec.http.websocketx.extensions.compression.DeflateFrameServerExtensionHandshaker;
import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateServerExtensionHandshaker;
import io.netty.util.ReferenceCountUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.websocketkeepalive.test.LeakDetection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MessageInflater}.
 */
@ExtendWith(LeakDetection.class)
class MessageInflaterTests {

	private static final int RSV1 = 4;

	private static final int MOST = 10_000;

	private final Room room = new Room();

	private final EmbeddedChannel channel = new EmbeddedChannel(new MessageInflater(MOST, false, this.room));

	private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);

	@AfterEach
	void stop() {
		this.deflater.end();
		this.channel.finishAndReleaseAll();
	}

	@Test
	void messagesAreInflatedAndTheirBitIsTaken() {
		for (String text : new String[] { "hello", "hello", "", "hello again" }) {
			this.channel.writeInbound(new TextWebSocketFrame(true, RSV1, deflate(text.getBytes())));
			TextWebSocketFrame frame = this.channel.readInbound();
			assertThat(frame.text()).isEqualTo(text);
			assertThat(frame.rsv()).isZero();
			frame.release();
		}
	}

	@Test
	void whatInflatesToMoreThanIsInflatedInOnePassOverTheSocketEndsTheConnection() {
		int most = 4 * 1024 * 1024;
		int messages = (int) (MessageInflater.MAX_BYTES_IN_PASS / most);
		EmbeddedChannel channel = new EmbeddedChannel(new MessageInflater(most, false, this.room));
		channel.config().setAutoRead(true);
		for (int i = 0; i < 2 * messages; i++) {
			channel.writeOneInbound(new BinaryWebSocketFrame(true, RSV1, deflate(new byte[most])));
			channel.inboundMessages().forEach(ReferenceCountUtil::release);
			channel.inboundMessages().clear();
			if (i == messages - 1) {
				assertThat(channel.isOpen()).isTrue();
				channel.flushInbound();
			}
		}
		assertThat(channel.isOpen()).isTrue();
		BinaryWebSocketFrame more = new BinaryWebSocketFrame(true, RSV1, deflate(new byte[1]));
		assertThat(channel.writeOneInbound(more).cause()).isInstanceOfSatisfying(CorruptedWebSocketFrameException.class,
				(ex) -> assertThat(ex.closeStatus()).isEqualTo(WebSocketCloseStatus.MESSAGE_TOO_BIG));
		assertThat(channel.isOpen()).isFalse();
		channel.finishAndReleaseAll();
	}

	@Test
	void otherMessagesAndControlFramesPass() {
		this.channel.writeInbound(new TextWebSocketFrame("plain"), new PingWebSocketFrame());
		TextWebSocketFrame text = this.channel.readInbound();
		assertThat(text.text()).isEqualTo("plain");
		text.release();
		PingWebSocketFrame ping = this.channel.readInbound();
		assertThat(ping.release()).isTrue();
	}

	@Test
	void fragmentsAreInflatedAsTheyComeWithPingsAmongThem() {
		byte[] message = random(5000);
		ByteBuf deflated = deflate(message);
		int third = deflated.readableBytes() / 3;
		this.channel.writeInbound(new BinaryWebSocketFrame(false, RSV1, deflated.readRetainedSlice(third)),
				new PingWebSocketFrame(), new ContinuationWebSocketFrame(false, 0, deflated.readRetainedSlice(third)),
				new ContinuationWebSocketFrame(true, 0, deflated));
		ByteBuf inflated = Unpooled.buffer();
		WebSocketFrame frame = this.channel.readInbound();
		while (frame != null) {
			inflated.writeBytes(frame.content());
			frame.release();
			frame = this.channel.readInbound();
		}
		assertThat(ByteBufUtil.getBytes(inflated)).isEqualTo(message);
	}

	@Test
	void aMessageMayInflateToTheLimit() {
		for (int i = 0; i < 3; i++) {
			this.channel.writeInbound(new BinaryWebSocketFrame(true, RSV1, deflate(new byte[MOST])));
			BinaryWebSocketFrame frame = this.channel.readInbound();
			assertThat(frame.content().readableBytes()).isEqualTo(MOST);
			frame.release();
		}
	}

	@Test
	void aMessageAboveTheLimitEndsIn1009() {
		assertFails(new BinaryWebSocketFrame(true, RSV1, deflate(new byte[MOST + 1])), 1009);
	}

	@Test
	void fragmentsThatAreTogetherAboveTheLimitEndIn1009() {
		ByteBuf deflated = deflate(random(MOST + 1));
		this.channel.writeInbound(
				new BinaryWebSocketFrame(false, RSV1, deflated.readRetainedSlice(deflated.readableBytes() / 2)));
		this.channel.releaseInbound();
		assertFails(new ContinuationWebSocketFrame(true, 0, deflated), 1009);
	}

	@Test
	void aBombOf60MegabytesAllocatesLessThan4() {
		ByteBuf bomb = deflate(new byte[60_000_000]);
		assertThat(bomb.readableBytes()).isLessThan(65536);
		EmbeddedChannel channel = new EmbeddedChannel(new MessageInflater(1024 * 1024, false, this.room));
		channel.config().setAllocator(new UnpooledByteBufAllocator(false));
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long before = threads.getCurrentThreadAllocatedBytes();
		assertThatExceptionOfType(CorruptedWebSocketFrameException.class)
			.isThrownBy(() -> channel.writeInbound(new BinaryWebSocketFrame(true, RSV1, bomb)));
		assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4 * 1024 * 1024);
		channel.finishAndReleaseAll();
	}

	@Test
	void eachFrameOfTheDraftIsCompressedByItself() {
		EmbeddedChannel channel = new EmbeddedChannel(new MessageInflater(MOST, true, this.room));
		channel.writeInbound(new TextWebSocketFrame(false, RSV1, deflate("hello".getBytes())),
				new ContinuationWebSocketFrame(false, 0, Unpooled.copiedBuffer(" ".getBytes())),
				new ContinuationWebSocketFrame(true, RSV1, deflate("world".getBytes())));
		for (String part : List.of("hello", " ", "world")) {
			WebSocketFrame frame = channel.readInbound();
			assertThat(frame.content().toString(StandardCharsets.UTF_8)).isEqualTo(part);
			assertThat(frame.rsv()).isZero();
			frame.release();
		}
		channel.finishAndReleaseAll();
	}

	@ParameterizedTest
	@ValueSource(strings = { "permessage-deflate", "x-webkit-deflate-frame", "deflate-frame" })
	void takesThePlaceOfWhatWasAgreed(String extension) {
		EmbeddedChannel channel = new EmbeddedChannel(new WebSocketServerExtensionHandler(
				new PerMessageDeflateServerExtensionHandshaker(0), new DeflateFrameServerExtensionHandshaker(6, 0)));
		DefaultHttpHeaders headers = new DefaultHttpHeaders();
		headers.set("Upgrade", "websocket").set("Connection", "Upgrade").set("Sec-WebSocket-Extensions", extension);
		channel.writeInbound(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/", headers));
		channel.writeOutbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS,
				headers.copy().remove("Sec-WebSocket-Extensions")));
		MessageInflater.install(channel.pipeline(), GuardPolicy.DEFAULT, this.room);
		assertThat(channel.pipeline().get(MessageInflater.class)).isNotNull();
		assertThat(channel.pipeline().get(WebSocketExtensionDecoder.class)).isNull();
		channel.finishAndReleaseAll();
	}

	@Test
	void whatCannotBeInflatedEndsIn1007() {
		assertFails(new BinaryWebSocketFrame(true, RSV1, Unpooled.copiedBuffer(new byte[] { -1, -1, -1 })), 1007);
	}

	@Test
	void aFinalBlockDoesNotEndTheStream() {
		for (int i = 0; i < 2; i++) {
			Deflater last = new Deflater(9, true);
			last.setInput("final".getBytes());
			last.finish();
			byte[] output = new byte[100];
			int length = last.deflate(output);
			last.end();
			this.channel.writeInbound(
					new TextWebSocketFrame(true, RSV1, Unpooled.copiedBuffer(Arrays.copyOf(output, length + 1))));
			TextWebSocketFrame frame = this.channel.readInbound();
			assertThat(frame.text()).isEqualTo("final");
			frame.release();
		}
	}

	@Test
	void aFrameThatThereIsNoRoomForWaits() {
		byte[] message = random(5000);
		this.room.bytes = 1000;
		this.channel.writeInbound(new BinaryWebSocketFrame(true, RSV1, deflate(message)));
		assertThat(this.channel.<Object>readInbound()).isNull();
		assertThat(this.room.waits).isOne();
		while (this.room.bytes < 6000) {
			this.room.bytes += 100;
			MessageInflater.resume(this.channel.pipeline());
		}
		assertNext(message);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 4999, 5000, 5001 })
	void whatWaitedIsTheSameWhereverItStopped(int room) {
		byte[] message = random(5000);
		this.room.bytes = room;
		this.channel.writeInbound(new BinaryWebSocketFrame(true, RSV1, deflate(message)));
		this.room.bytes = Integer.MAX_VALUE;
		MessageInflater.resume(this.channel.pipeline());
		assertNext(message);
	}

	@Test
	void dataBehindAFrameThatWaitsKeepsItsOrderAndAPingPasses() {
		this.room.bytes = 10;
		byte[] first = random(500);
		this.channel.writeInbound(new BinaryWebSocketFrame(false, RSV1, deflate(first)), new PingWebSocketFrame(),
				new ContinuationWebSocketFrame(true, 0, Unpooled.EMPTY_BUFFER),
				new BinaryWebSocketFrame(Unpooled.copiedBuffer(new byte[] { 7 })),
				new BinaryWebSocketFrame(true, RSV1, deflate(new byte[300])));
		PingWebSocketFrame ping = this.channel.readInbound();
		assertThat(ping.release()).isTrue();
		assertThat(this.channel.<Object>readInbound()).isNull();
		this.room.bytes = Integer.MAX_VALUE;
		MessageInflater.resume(this.channel.pipeline());
		assertNext(first);
		assertNext(new byte[0]);
		assertNext(new byte[] { 7 });
		assertNext(new byte[300]);
	}

	@Test
	void aCloseFrameBehindAFrameThatWaitsKeepsItsOrder() {
		this.room.bytes = 10;
		this.channel.writeInbound(new BinaryWebSocketFrame(true, RSV1, deflate(new byte[100])),
				new CloseWebSocketFrame());
		assertThat(this.channel.<Object>readInbound()).isNull();
		this.room.bytes = Integer.MAX_VALUE;
		MessageInflater.resume(this.channel.pipeline());
		assertNext(new byte[100]);
		CloseWebSocketFrame close = this.channel.readInbound();
		assertThat(close.release()).isTrue();
	}

	@Test
	void whatWaitsIsNotInflatedBehindAFrameThatTookTheRoom() {
		this.room.bytes = 10;
		this.channel.writeInbound(new BinaryWebSocketFrame(true, RSV1, deflate(new byte[100])),
				new BinaryWebSocketFrame(true, RSV1, deflate(new byte[200])));
		this.room.taken = 100;
		this.room.bytes = 101;
		MessageInflater.resume(this.channel.pipeline());
		assertNext(new byte[100]);
		assertThat(this.channel.<Object>readInbound()).isNull();
		this.room.bytes = Integer.MAX_VALUE;
		MessageInflater.resume(this.channel.pipeline());
		assertNext(new byte[200]);
	}

	@Test
	void whatWaitsBehindAFrameThatCannotBeInflatedIsReleased() {
		this.room.bytes = 0;
		BinaryWebSocketFrame next = new BinaryWebSocketFrame(Unpooled.copiedBuffer(new byte[] { 7 }));
		this.channel
			.writeInbound(new BinaryWebSocketFrame(true, RSV1, Unpooled.copiedBuffer(new byte[] { -1, -1, -1 })), next);
		this.room.bytes = Integer.MAX_VALUE;
		MessageInflater.resume(this.channel.pipeline());
		assertThatExceptionOfType(CorruptedWebSocketFrameException.class).isThrownBy(this.channel::checkException);
		assertThat(this.channel.<Object>readInbound()).isNull();
		assertThat(next.refCnt()).isZero();
	}

	@Test
	void whatWaitsIsReleasedAtTheEnd() {
		this.room.bytes = 10;
		BinaryWebSocketFrame frame = new BinaryWebSocketFrame(true, RSV1, deflate(new byte[100]));
		BinaryWebSocketFrame next = new BinaryWebSocketFrame(Unpooled.copiedBuffer(new byte[] { 7 }));
		this.channel.writeInbound(frame, next);
		this.channel.close();
		assertThat(frame.refCnt()).isZero();
		assertThat(next.refCnt()).isZero();
	}

	private void assertNext(byte[] content) {
		WebSocketFrame frame = this.channel.readInbound();
		assertThat(ByteBufUtil.getBytes(frame.content())).isEqualTo(content);
		frame.release();
	}

	private void assertFails(WebSocketFrame frame, int code) {
		assertThatExceptionOfType(CorruptedWebSocketFrameException.class)
			.isThrownBy(() -> this.channel.writeInbound(frame));
		assertThat(frame.refCnt()).isZero();
		assertThat(this.channel.<Object>readInbound()).isNull();
		CloseWebSocketFrame close = this.channel.readOutbound();
		assertThat(close.statusCode()).isEqualTo(code);
		close.release();
		assertThat(this.channel.isOpen()).isFalse();
	}

	private static byte[] random(int length) {
		byte[] bytes = new byte[length];
		new SplittableRandom(1).nextBytes(bytes);
		return bytes;
	}

	private ByteBuf deflate(byte[] message) {
		byte[] output = new byte[message.length + 100];
		this.deflater.setInput(message);
		int length = this.deflater.deflate(output, 0, output.length, Deflater.SYNC_FLUSH);
		return (length > 4) ? Unpooled.copiedBuffer(output, 0, length - 4) : Unpooled.buffer().writeByte(0);
	}

	private static final class Room implements InflationLimit {

		private int bytes = Integer.MAX_VALUE;

		private int taken;

		private int waits;

		@Override
		public int room(Channel channel) {
			int room = this.bytes;
			this.bytes -= Math.min(this.taken, room);
			this.taken = 0;
			return room;
		}

		@Override
		public void inflationWaits(ChannelPipeline pipeline) {
			this.waits++;
		}

	}

}
