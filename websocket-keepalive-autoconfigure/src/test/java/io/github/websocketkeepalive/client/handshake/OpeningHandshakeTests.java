package io.github.websocketkeepalive.client.handshake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.NettyPipeline;

import static org.assertj.core.api.Assertions.assertThat;

class OpeningHandshakeTests {

	private final OpeningHandshake handshake = new OpeningHandshake();

	private final List<Throwable> failures = new ArrayList<>();

	private final List<Object> passed = new ArrayList<>();

	private EmbeddedChannel channel;

	@BeforeEach
	void watch() {
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
		this.handshake.watch(this.channel);
		this.handshake.failure().subscribe(null, this.failures::add);
	}

	@Test
	void leavesThePipelineWhenTheHandshakeHasSucceeded() {
		FullHttpResponse response = response(101);
		this.channel.writeInbound(response);
		this.channel.pipeline().fireExceptionCaught(new IOException("later"));
		assertThat(this.passed).hasSize(2).startsWith(response);
		assertThat(this.failures).isEmpty();
		assertThat(this.channel.pipeline().names()).filteredOn((name) -> name.startsWith("websocket-keepalive"))
			.isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 404, 429, 503 })
	void aRefusalIsKeptFromReactorNettyAndReleased(int status) {
		FullHttpResponse response = response(status);
		response.headers().set("Retry-After", "7");
		this.channel.writeInbound(response);
		assertThat(this.passed).isEmpty();
		assertThat(response.refCnt()).isZero();
		assertThat(this.channel.isOpen()).isFalse();
		assertThat(this.failures).singleElement().isInstanceOfSatisfying(HandshakeRefusedException.class, (refused) -> {
			assertThat(refused.getStatus()).isEqualTo(status);
			assertThat(refused.getHint().delay()).hasSeconds(7);
			assertThat(refused.getStackTrace()).isEmpty();
		});
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 302, 401 })
	void whatReactorNettyMayActOnIsLeftToIt(int status) {
		FullHttpResponse response = response(status);
		this.channel.writeInbound(response);
		assertThat(this.passed).containsExactly(response);
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

	private static FullHttpResponse response(int status) {
		return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
	}

}
