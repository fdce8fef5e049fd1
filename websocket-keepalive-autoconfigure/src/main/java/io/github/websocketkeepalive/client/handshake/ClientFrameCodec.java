package io.github.websocketkeepalive.client.handshake;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;

import io.github.websocketkeepalive.Internal;

/**
 * The frame codec of a client as Netty's handshake leaves it: the encoder behind the
 * decoder, so that the Close frame with which the decoder answers what breaks the
 * protocol finds no encoder on its way and is lost (RFC 6455 section 7.1.7 asks to send
 * it).
 */
@Internal
public final class ClientFrameCodec {

	private ClientFrameCodec() {
	}

	/**
	 * Put the encoder before the decoder. To be called on the event loop of the channel.
	 * @param pipeline the pipeline of a client whose opening handshake has just
	 * succeeded; left alone if it speaks a draft
	 */
	public static void reorder(ChannelPipeline pipeline) {
		ChannelHandlerContext decoder = pipeline.context(WebSocket13FrameDecoder.class);
		ChannelHandlerContext encoder = pipeline.context(WebSocket13FrameEncoder.class);
		if (decoder != null && encoder != null) {
			// A handler that was removed cannot be added again.
			pipeline.remove(encoder.handler());
			pipeline.addBefore(decoder.name(), encoder.name(), new WebSocket13FrameEncoder(true));
		}
	}

}
