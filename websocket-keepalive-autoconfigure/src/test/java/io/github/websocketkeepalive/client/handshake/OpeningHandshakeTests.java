package io.github.websocketkeepalive.client.handshake;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Sinks;
import reactor.netty.NettyPipeline;

import io.github.websocketkeepalive.client.reconnect.RetryHint;

import static org.assertj.core.api.Assertions.assertThat;

class OpeningHandshakeTests {

	private final List<Throwable> failures = new ArrayList<>();

	private final List<Object> passed = new ArrayList<>();

	private EmbeddedChannel channel;

	@BeforeEach
	void open() {
		this.channel = new EmbeddedChannel();
		this.channel.pipeline().addLast(NettyPipeline.ReactiveBridge, new ChannelInboundHandlerAdapter() {

			@Override
			public void channelRead(ChannelHandlerContext context, Object message) {
				OpeningHandshakeTests.this.passed.add(message);
			}

			@Override
			public void channelInactive(ChannelHandlerContext context) {
				OpeningHandshakeTests.this.passed.add("end");
			}

			@Override
			public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
				OpeningHandshakeTests.this.passed.add(cause);
			}

		});
		watch(false);
	}

	private void watch(boolean followsRedirects) {
		Sinks.Empty<Void> failure = Sinks.empty();
		failure.asMono().subscribe(null, this.failures::add);
		new OpeningHandshake(failure, followsRedirects).watch(this.channel);
	}

	@Test
	void leavesThePipelineWhenTheHandshakeHasSucceeded() {
		this.channel.writeOutbound(request());
		FullHttpResponse response = accepting();
		this.channel.writeInbound(response);
		this.channel.pipeline().fireExceptionCaught(new IOException("later"));
		assertThat(this.passed).hasSize(2).startsWith(response);
		assertThat(this.failures).isEmpty();
		assertThat(this.channel.pipeline().names()).filteredOn((name) -> name.startsWith("websocket-keepalive"))
			.isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 302, 400, 401, 404, 429, 503 })
	void aRefusalIsKeptFromReactorNettyAndReleased(int status) {
		FullHttpResponse response = response(status);
		response.headers().set("Retry-After", "7");
		this.channel.writeInbound(response);
		assertThat(this.passed).isEmpty();
		assertThat(response.refCnt()).isZero();
		assertThat(this.channel.isOpen()).isFalse();
		assertThat(this.failures).singleElement().isInstanceOfSatisfying(HandshakeRefusedException.class, (refused) -> {
			assertThat(refused.getStatus()).isEqualTo(status);
			assertThat(refused.getHint()).isEqualTo(new RetryHint(Duration.ofSeconds(7), true));
			assertThat(refused.getStackTrace()).isEmpty();
		});
	}

	@Test
	void millisecondsAreAHint() {
		FullHttpResponse response = response(503);
		response.headers().set("Retry-After-Ms", "623").set("Retry-After", "7");
		this.channel.writeInbound(response);
		assertThat(this.failures).singleElement()
			.isInstanceOfSatisfying(HandshakeRefusedException.class,
					(refused) -> assertThat(refused.getHint()).isEqualTo(new RetryHint(Duration.ofMillis(623), false)));
	}

	@Test
	void aRedirectIsLeftToWhoFollowsIt() {
		this.channel.pipeline().remove(OpeningHandshake.class);
		watch(true);
		FullHttpResponse response = response(302);
		response.headers().set(HttpHeaderNames.LOCATION, "/elsewhere");
		this.channel.writeInbound(response);
		assertThat(this.passed).containsExactly(response);
		assertThat(this.failures).isEmpty();
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void aRedirectToNowhereIsARefusal() {
		this.channel.pipeline().remove(OpeningHandshake.class);
		watch(true);
		this.channel.writeInbound(response(302));
		assertThat(this.passed).isEmpty();
		assertThat(this.failures).hasSize(1);
	}

	@Test
	void aRefusalIsNoRedirect() {
		this.channel.pipeline().remove(OpeningHandshake.class);
		watch(true);
		this.channel.writeInbound(response(404));
		assertThat(this.passed).isEmpty();
		assertThat(this.failures).hasSize(1);
	}

	@Test
	void aResponseThatBreaksTheRulesFailsIt() {
		this.channel.writeOutbound(request());
		FullHttpResponse response = accepting();
		response.headers().remove(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT);
		this.channel.writeInbound(response);
		assertThat(this.passed).isEmpty();
		assertThat(response.refCnt()).isZero();
		assertThat(this.failures).singleElement()
			.extracting(Throwable::getMessage)
			.isEqualTo("Sec-WebSocket-Accept is not that of the key");
	}

	@Test
	void aCodecThatComesLaterIsWatchedToo() {
		this.channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, NettyPipeline.HttpCodec, new HttpClientCodec());
		this.channel.pipeline().fireChannelActive();
		this.channel.writeInbound(
				Unpooled.copiedBuffer("HTTP/1.1 503 Busy\r\nContent-Length: 9\r\n\r\n", StandardCharsets.US_ASCII));
		assertThat(this.passed).isEmpty();
		assertThat(this.failures).singleElement().isInstanceOf(HandshakeRefusedException.class);
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void whatFollowsARefusalIsReleased() {
		this.channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {

			@Override
			public void close(ChannelHandlerContext context, ChannelPromise promise) {
				OpeningHandshakeTests.this.passed.add("closing");
			}

		});
		this.channel.pipeline().fireChannelRead(response(503));
		HttpContent more = new DefaultHttpContent(Unpooled.buffer());
		this.channel.pipeline().fireChannelRead(more);
		assertThat(this.failures).hasSize(1);
		assertThat(this.passed).containsExactly("closing");
		assertThat(more.refCnt()).isZero();
	}

	@Test
	void anEndDuringTheHandshakeFailsIt() {
		this.channel.close();
		assertThat(this.passed).isEmpty();
		assertThat(this.failures).singleElement()
			.extracting(Throwable::getMessage)
			.isEqualTo("the connection ended before the handshake was complete");
	}

	@Test
	void anExceptionDuringTheHandshakeFailsItOnce() {
		IOException failure = new IOException("reset");
		this.channel.pipeline().fireExceptionCaught(failure);
		assertThat(this.passed).isEmpty();
		assertThat(this.failures).containsExactly(failure);
		assertThat(this.channel.isOpen()).isFalse();
	}

	// The example of RFC 6455 section 1.3.
	private static FullHttpRequest request() {
		FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/ws");
		request.headers().set(HttpHeaderNames.SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ==");
		return request;
	}

	private static FullHttpResponse accepting() {
		FullHttpResponse response = response(101);
		response.headers()
			.set(HttpHeaderNames.UPGRADE, "websocket")
			.set(HttpHeaderNames.CONNECTION, "Upgrade")
			.set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
		return response;
	}

	private static FullHttpResponse response(int status) {
		return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
	}

}
