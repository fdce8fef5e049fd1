package io.github.websocketkeepalive.heartbeat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CloseHandshakeTests {

	private final EmbeddedChannel channel = new EmbeddedChannel();

	@BeforeEach
	void start() {
		this.channel.pipeline().addLast("before", new ChannelDuplexHandler());
		CloseHandshake.awaitAnswer(this.channel.pipeline().context("before"));
	}

	@AfterEach
	void stop() {
		this.channel.finishAndReleaseAll();
	}

	@Test
	void theSocketStaysOpenUntilThePeerHasAnswered() {
		ChannelFuture closed = this.channel.close();
		this.channel.writeInbound(new TextWebSocketFrame("late"));
		assertThat(this.channel.isOpen()).isTrue();
		assertThat(closed.isDone()).isFalse();
		this.channel.writeInbound(new CloseWebSocketFrame(1012, ""));
		assertThat(this.channel.isOpen()).isFalse();
		assertThat(closed.isSuccess()).isTrue();
	}

	@Test
	void theSocketIsClosedAtOnceByWhoeverClosesItAfterTheAnswer() {
		this.channel.writeInbound(new CloseWebSocketFrame(1012, ""));
		assertThat(this.channel.isOpen()).isTrue();
		this.channel.close();
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void whatThePeerStillSendsIsReadAndReleased() {
		TextWebSocketFrame late = new TextWebSocketFrame("late");
		this.channel.writeInbound(late);
		assertThat(late.refCnt()).isZero();
		assertThat(this.channel.inboundMessages()).isEmpty();
		assertThat(this.channel.config().isAutoRead()).isTrue();
	}

	@Test
	void aPeerThatSendsOnAndOnIsNotReadForEver() {
		this.channel.close();
		ByteBuf megabyte = Unpooled.wrappedBuffer(new byte[1024 * 1024]);
		long most = LingeringClose.MAX_BYTES / megabyte.readableBytes();
		for (int i = 0; i < most; i++) {
			this.channel.writeInbound(new BinaryWebSocketFrame(megabyte.retainedDuplicate()));
		}
		assertThat(this.channel.isOpen()).isTrue();
		this.channel.writeInbound(new TextWebSocketFrame("more"));
		assertThat(this.channel.isOpen()).isFalse();
		assertThat(megabyte.release()).isTrue();
	}

	@Test
	void nothingIsSentAfterTheCloseFrame() {
		BinaryWebSocketFrame late = new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[1]));
		ChannelFuture written = this.channel.writeAndFlush(late);
		assertThat(late.refCnt()).isZero();
		assertThat(this.channel.outboundMessages()).isEmpty();
		assertThat(written.isDone()).isFalse();
		this.channel.writeInbound(new CloseWebSocketFrame(1012, ""));
		this.channel.close();
		assertThat(written.isSuccess()).isFalse();
		assertThat(written.isDone()).isTrue();
	}

	@Test
	void whatEndsAStreamIsSentAfterTheCloseFrame() {
		this.channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
		assertThat((Object) this.channel.readOutbound()).isSameAs(LastHttpContent.EMPTY_LAST_CONTENT);
	}

	@Test
	void aPeerThatEndsItsTlsHasAnswered() {
		this.channel.close();
		this.channel.pipeline().fireUserEventTriggered(SslCloseCompletionEvent.SUCCESS);
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void aPeerThatEndsItsStreamHasAnswered() {
		this.channel.close();
		this.channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void aPeerWhoseInputCannotBeDecodedIsNotWaitedFor() {
		this.channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
			@Override
			public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			}
		});
		this.channel.close();
		this.channel.pipeline().fireExceptionCaught(new CorruptedFrameException("bad"));
		assertThat(this.channel.isOpen()).isFalse();
	}

}
