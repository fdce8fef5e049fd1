package io.github.websocketkeepalive.heartbeat.close;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
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
	}

	@AfterEach
	void stop() {
		this.channel.finishAndReleaseAll();
	}

	@Test
	void theSocketStaysOpenUntilThePeerHasAnswered() {
		CloseHandshake.perform(this.channel, "before", 1012, "reconnect-after=1");
		CloseWebSocketFrame sent = this.channel.readOutbound();
		assertThat(sent.statusCode()).isEqualTo(1012);
		assertThat(sent.reasonText()).isEqualTo("reconnect-after=1");
		sent.release();
		assertThat(this.channel.isOpen()).isTrue();
		this.channel.writeInbound(new CloseWebSocketFrame(1012, ""));
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void whoNeedNotAnswerIsClosedAtOnce() {
		CloseHandshake.start(this.channel, 1011, "");
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void whatThePeerStillSendsIsReadAndReleased() {
		CloseHandshake.perform(this.channel, "before", 1012, "");
		TextWebSocketFrame late = new TextWebSocketFrame("late");
		this.channel.writeInbound(late);
		assertThat(late.refCnt()).isZero();
		assertThat(this.channel.inboundMessages()).isEmpty();
		assertThat(this.channel.config().isAutoRead()).isTrue();
	}

	@Test
	void nothingIsSentAfterTheCloseFrame() {
		CloseHandshake.perform(this.channel, "before", 1012, "");
		this.channel.<CloseWebSocketFrame>readOutbound().release();
		BinaryWebSocketFrame late = new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[1]));
		ChannelFuture written = this.channel.writeAndFlush(late);
		assertThat(late.refCnt()).isZero();
		assertThat(this.channel.outboundMessages()).isEmpty();
		assertThat(written.isDone()).isFalse();
		this.channel.writeInbound(new CloseWebSocketFrame(1012, ""));
		assertThat(written.isSuccess()).isFalse();
		assertThat(written.isDone()).isTrue();
	}

	@Test
	void aPeerThatEndsItsTlsHasAnswered() {
		CloseHandshake.perform(this.channel, "before", 1012, "");
		this.channel.pipeline().fireUserEventTriggered(SslCloseCompletionEvent.SUCCESS);
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void whoeverWaitsForTheCloseIsToldInTheEnd() {
		CloseHandshake.perform(this.channel, "before", 1012, "");
		ChannelFuture closed = this.channel.close();
		assertThat(closed.isDone()).isFalse();
		this.channel.writeInbound(new CloseWebSocketFrame(1012, ""));
		assertThat(closed.isSuccess()).isTrue();
	}

}
