package io.github.websocketkeepalive.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2WindowUpdateFrame;

/**
 * Counts by how much the peer enlarges the windows of its HTTP/2 streams, in the pipeline
 * of their connection. Netty tells how large a window is, but not how much has passed
 * through it, and completes the write of a message only with its last byte. Confined to
 * the event loop of the connection.
 */
final class StreamWindows extends ChannelInboundHandlerAdapter {

	private static final String NAME = "websocket-keepalive.windows";

	private final Http2Connection connection;

	private final Http2Connection.PropertyKey enlarged;

	private StreamWindows(Http2Connection connection) {
		this.connection = connection;
		this.enlarged = connection.newKey();
	}

	/**
	 * Return how many bytes a stream has sent to its connection. Counts from the first
	 * call for any stream of the connection, so that only differences tell something.
	 * @param channel the channel of the stream
	 * @return the bytes, or 0 for a stream that has ended
	 */
	static long bytesTaken(Http2StreamChannel channel) {
		ChannelPipeline pipeline = channel.parent().pipeline();
		ChannelHandlerContext codec = pipeline.context(Http2FrameCodec.class);
		if (codec == null) {
			return 0;
		}
		StreamWindows windows = (StreamWindows) pipeline.get(NAME);
		if (windows == null) {
			windows = new StreamWindows(((Http2FrameCodec) codec.handler()).connection());
			pipeline.addAfter(codec.name(), NAME, windows);
		}
		return windows.bytesTaken(channel.stream().id());
	}

	/**
	 * Return whether the peer may send nothing on a stream, because too much of what it
	 * has sent on others is unread.
	 * @param channel the channel of the stream
	 * @return {@code false} also if that is not known
	 */
	static boolean isHeldUpByOthers(Http2StreamChannel channel) {
		Http2FrameCodec codec = channel.parent().pipeline().get(Http2FrameCodec.class);
		if (codec == null) {
			return false;
		}
		Http2Connection connection = codec.connection();
		Http2LocalFlowController input = connection.local().flowController();
		Http2Stream stream = connection.stream(channel.stream().id());
		return input.windowSize(connection.connectionStream()) <= 0 && stream != null
				&& input.unconsumedBytes(stream) == 0;
	}

	private long bytesTaken(int id) {
		Http2Stream stream = this.connection.stream(id);
		return (stream != null) ? bytesEnlarged(stream) - this.connection.remote().flowController().windowSize(stream)
				: 0;
	}

	private long bytesEnlarged(Http2Stream stream) {
		Long bytes = stream.getProperty(this.enlarged);
		return (bytes != null) ? bytes : 0;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof Http2WindowUpdateFrame update) {
			Http2Stream stream = this.connection.stream(update.stream().id());
			if (stream != null) {
				stream.setProperty(this.enlarged, bytesEnlarged(stream) + update.windowSizeIncrement());
			}
		}
		context.fireChannelRead(message);
	}

}
