package io.github.websocketkeepalive.heartbeat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.websocket.WebsocketOutbound;

/**
 * Starts the closing handshake of RFC 6455 section 7 from our side.
 */
final class CloseHandshake {

	private CloseHandshake() {
	}

	/**
	 * Send a Close frame by way of Reactor Netty where it serves the channel, so that the
	 * application's {@code receive()} ends and its {@code closeStatus()} has the code.
	 * @param channel the channel, whose event loop must be the present thread
	 * @param code the close code
	 * @param reason the close reason
	 */
	static void start(Channel channel, int code, String reason) {
		if (ChannelOperations.get(channel) instanceof WebsocketOutbound outbound) {
			outbound.sendClose(code, reason).subscribe(null, (ex) -> channel.close());
		}
		else {
			channel.writeAndFlush(new CloseWebSocketFrame(code, reason)).addListener(ChannelFutureListener.CLOSE);
		}
	}

}
