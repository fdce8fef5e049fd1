package io.github.websocketkeepalive.client.handshake;

import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ResponseHeadTests {

	private static final String ACCEPTED = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
			+ "Sec-WebSocket-Accept: x\r\n\r\n";

	private final List<Object> passed = new ArrayList<>();

	private final List<Throwable> failures = new ArrayList<>();

	private int reads;

	private EmbeddedChannel channel = of(HttpResponseStatus.SWITCHING_PROTOCOLS);

	private EmbeddedChannel of(HttpResponseStatus success) {
		ChannelOutboundHandlerAdapter counter = new ChannelOutboundHandlerAdapter() {

			@Override
			public void read(ChannelHandlerContext context) {
				ResponseHeadTests.this.reads++;
				context.read();
			}

		};
		ChannelInboundHandlerAdapter recorder = new ChannelInboundHandlerAdapter() {

			@Override
			public void channelRead(ChannelHandlerContext context, Object message) {
				ResponseHeadTests.this.passed.add((message instanceof ByteBuf bytes) ? text(bytes) : message);
			}

			@Override
			public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
				ResponseHeadTests.this.failures.add(cause);
			}

		};
		EmbeddedChannel channel = new EmbeddedChannel(counter, new HttpClientCodec(), new ResponseHead(success),
				recorder);
		channel.config().setAutoRead(false);
		return channel;
	}

	private static String text(ByteBuf bytes) {
		try {
			return bytes.toString(StandardCharsets.ISO_8859_1);
		}
		finally {
			bytes.release();
		}
	}

	@AfterEach
	void close() {
		this.channel.finishAndReleaseAll();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 100000\r\n\r\nsome", "\r\nwithout an end",
			"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "Content-Length: 0\r\n\r\n" })
	void theHeadOfARefusalIsEnough(String rest) {
		receive("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\n" + rest);
		receive("and more");
		assertThat(this.passed).singleElement().isInstanceOfSatisfying(FullHttpResponse.class, (response) -> {
			assertThat(response.status().code()).isEqualTo(503);
			assertThat(response.headers().get("Retry-After")).isEqualTo("7");
			assertThat(response.content().isReadable()).isFalse();
		});
		assertThat(this.failures).isEmpty();
	}

	@Test
	void interimResponsesAreSkippedAndTheNextOneIsReadFor() {
		this.reads = 0;
		receive("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n");
		assertThat(this.reads).isGreaterThanOrEqualTo(1);
		assertThat(this.passed).isEmpty();
		receive(ACCEPTED);
		assertThat(this.passed).singleElement()
			.isInstanceOfSatisfying(FullHttpResponse.class,
					(response) -> assertThat(response.status().code()).isEqualTo(101));
		assertThat(this.failures).isEmpty();
	}

	@Test
	void interimResponsesHaveAnEnd() {
		receive("HTTP/1.1 102 Processing\r\n\r\n".repeat(16));
		assertThat(this.failures).isEmpty();
		receive("HTTP/1.1 102 Processing\r\n\r\n".repeat(16) + ACCEPTED);
		assertThat(this.passed).isEmpty();
		assertThat(this.failures).singleElement()
			.isInstanceOf(ProtocolException.class)
			.extracting(Throwable::getMessage)
			.isEqualTo("more than 16 interim responses");
	}

	@Test
	void whatFollowsInThePacketOfTheHandshakeIsPassedOnWithoutThisHandler() {
		receive(ACCEPTED + "frames");
		assertThat(this.passed).hasSize(2).last().isEqualTo("frames");
		assertThat(this.channel.pipeline().get(ResponseHead.class)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "SSH-2.0-OpenSSH_9.6\r\n", "220 mail.example.com ESMTP\r\n", "HTTP/1.1 abc\r\n\r\n" })
	void whatIsNoHttpFails(String greeting) {
		receive(greeting);
		assertThat(this.passed).isEmpty();
		assertThat(this.failures).singleElement().isInstanceOf(ProtocolException.class);
	}

	@Test
	void aHeadThatIsTooLargeFailsUnlessItRefuses() {
		String large = "X-Large: " + "x".repeat(10_000) + "\r\n\r\n";
		receive("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\n" + large);
		assertThat(this.passed).isEmpty();
		assertThat(this.failures).singleElement()
			.extracting(Throwable::getMessage)
			.asString()
			.contains("larger than 8192 bytes");
		this.failures.clear();
		this.channel.finishAndReleaseAll();
		this.channel = of(HttpResponseStatus.SWITCHING_PROTOCOLS);
		receive("HTTP/1.1 401 Unauthorized\r\n" + large);
		assertThat(this.passed).hasSize(1);
		assertThat(this.failures).isEmpty();
	}

	@Test
	void anEndWithinTheHeadIsNoResponse() {
		receive("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\n");
		this.channel.finish();
		assertThat(this.passed).isEmpty();
		assertThat(this.failures).isEmpty();
	}

	@Test
	void aProxyThatRefusesFailsAtOnce() {
		this.channel.finishAndReleaseAll();
		this.channel = of(HttpResponseStatus.OK);
		receive("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 9\r\n\r\n");
		assertThat(this.passed).isEmpty();
		assertThat(this.failures).singleElement()
			.isInstanceOfSatisfying(HandshakeRefusedException.class,
					(refused) -> assertThat(refused.getStatus()).isEqualTo(407));
	}

	@Test
	void whatTheCodecLeavesBehindARefusalOfAProxyIsDropped() {
		this.channel.finishAndReleaseAll();
		this.channel = of(HttpResponseStatus.OK);
		receive("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 9\r\n\r\n");
		ByteBuf rest = Unpooled.copiedBuffer("<html>\r\n", StandardCharsets.ISO_8859_1);
		this.channel.pipeline().context(HttpClientCodec.class).fireChannelRead(rest);
		assertThat(this.passed).isEmpty();
		assertThat(rest.refCnt()).isZero();
		assertThat(this.failures).hasSize(1);
	}

	private void receive(String text) {
		this.channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
	}

}
