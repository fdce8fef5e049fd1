package io.github.websocketkeepalive.browser;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TextPingHandlerTests {

	private final EmbeddedChannel channel = new EmbeddedChannel(new TextPing("pïng", "pöng").createHandler());

	@AfterEach
	void close() {
		this.channel.finishAndReleaseAll();
	}

	@Test
	void thePingIsAnsweredAndNobodySeesIt() {
		TextWebSocketFrame ping = new TextWebSocketFrame("pïng");
		this.channel.writeInbound(ping);
		assertThat(sent()).containsExactly("pöng");
		assertThat(this.channel.<Object>readInbound()).isNull();
		assertThat(ping.refCnt()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "pïn", "pïng!", "Pïng", "pöng" })
	void otherTextIsPassedOn(String text) {
		TextWebSocketFrame message = new TextWebSocketFrame(text);
		this.channel.writeInbound(message);
		assertThat(this.channel.<Object>readInbound()).isSameAs(message);
		assertThat(sent()).isEmpty();
		message.release();
	}

	@Test
	void otherKindsOfMessagesArePassedOn() {
		WebSocketFrame fragment = new TextWebSocketFrame(false, 0, "pïng");
		WebSocketFrame binary = new BinaryWebSocketFrame(new TextWebSocketFrame("pïng").content());
		WebSocketFrame end = new ContinuationWebSocketFrame(true, 0, "pïng");
		this.channel.writeInbound(fragment, end, binary);
		assertThat(List.<Object>of(this.channel.readInbound(), this.channel.readInbound(), this.channel.readInbound()))
			.containsExactly(fragment, end, binary);
		assertThat(sent()).isEmpty();
		List.of(fragment, end, binary).forEach(WebSocketFrame::release);
	}

	@Test
	void theAnswerWaitsForTheEndOfAMessageInFragments() {
		this.channel.writeOutbound(new TextWebSocketFrame(false, 0, "one"));
		this.channel.writeInbound(new TextWebSocketFrame("pïng"), new TextWebSocketFrame("pïng"));
		this.channel.writeOutbound(new PingWebSocketFrame());
		assertThat(sent()).containsExactly("one", "");
		this.channel.writeOutbound(new ContinuationWebSocketFrame(true, 0, "two"));
		assertThat(sent()).containsExactly("two", "pöng");
	}

	@Test
	void nothingIsAnsweredAfterACloseFrame() {
		this.channel.writeOutbound(new CloseWebSocketFrame(1000, ""));
		this.channel.<WebSocketFrame>readOutbound().release();
		this.channel.writeInbound(new TextWebSocketFrame("pïng"));
		assertThat(sent()).isEmpty();
	}

	@Test
	void aPeerThatDoesNotReadIsSentNoMore() {
		this.channel.write(new BinaryWebSocketFrame(Unpooled.buffer().writeZero(100_000)));
		assertThat(this.channel.isWritable()).isFalse();
		this.channel.writeInbound(new TextWebSocketFrame("pïng"));
		this.channel.flush();
		assertThat(sent()).hasSize(1);
		this.channel.writeInbound(new TextWebSocketFrame("pïng"));
		assertThat(sent()).containsExactly("pöng");
	}

	private List<String> sent() {
		List<String> sent = new ArrayList<>();
		for (WebSocketFrame frame = this.channel.readOutbound(); frame != null; frame = this.channel.readOutbound()) {
			sent.add(frame.content().toString(StandardCharsets.UTF_8));
			frame.release();
		}
		return sent;
	}

}
