package io.github.websocketkeepalive.browser;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;

/**
 * A ping that is a text message, because scripts in browsers can send no other
 * (<a href="https://websockets.spec.whatwg.org/">WebSockets Standard</a>), and its
 * answer.
 */
public final class TextPing {

	/**
	 * The name of the handlers.
	 */
	public static final String NAME = "websocket-keepalive.text-ping";

	private final ByteBuf ping;

	private final byte[] pong;

	/**
	 * Create a ping.
	 * @param ping the text that is answered
	 * @param pong the text of the answer
	 */
	public TextPing(String ping, String pong) {
		this.ping = Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(ping.getBytes(StandardCharsets.UTF_8)));
		this.pong = pong.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Create what answers the pings of one connection.
	 * @return a handler, to be put behind the frame codec
	 */
	public ChannelHandler createHandler() {
		return new TextPingHandler(this);
	}

	boolean isEqualTo(ByteBuf text) {
		return ByteBufUtil.equals(this.ping, text);
	}

	ByteBuf pong(ByteBufAllocator allocator) {
		return allocator.buffer(this.pong.length).writeBytes(this.pong);
	}

}
