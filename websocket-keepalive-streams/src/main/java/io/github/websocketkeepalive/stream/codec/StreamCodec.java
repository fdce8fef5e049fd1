package io.github.websocketkeepalive.stream.codec;

import java.lang.reflect.Type;
import java.util.function.Function;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

import io.github.websocketkeepalive.stream.protocol.ClientFrame;
import io.github.websocketkeepalive.stream.protocol.ServerFrame;

/**
 * Writes and reads frames in one encoding. Thread-safe.
 */
public interface StreamCodec {

	/**
	 * Return the name under which the encoding is negotiated (RFC 6455 section 1.9).
	 * @return the subprotocol
	 */
	String subprotocol();

	/**
	 * Return which messages carry the frames.
	 * @return {@code true} for binary, {@code false} for text
	 */
	boolean binary();

	/**
	 * Read a frame of a client.
	 * @param payload the whole message, which is read but not released
	 * @return the frame
	 * @throws io.github.websocketkeepalive.stream.protocol.FrameException if it makes no
	 * sense; nothing else is thrown, whatever the bytes are
	 */
	ClientFrame decodeClient(ByteBuf payload);

	/**
	 * Read a frame of a server.
	 * @param payload the whole message, which is read but not released
	 * @param itemType tells for the name of a stream what its items are
	 * @return the frame
	 * @throws io.github.websocketkeepalive.stream.protocol.FrameException if it makes no
	 * sense; nothing else is thrown, whatever the bytes are
	 */
	ServerFrame decodeServer(ByteBuf payload, Function<String, Type> itemType);

	/**
	 * Write a frame of a client.
	 * @param frame the frame
	 * @param allocator allocates the message
	 * @return the message, owned by the caller
	 */
	ByteBuf encode(ClientFrame frame, ByteBufAllocator allocator);

	/**
	 * Write a frame of a server, other than a batch.
	 * @param frame the frame
	 * @param allocator allocates the message
	 * @return the message, owned by the caller
	 */
	ByteBuf encode(ServerFrame frame, ByteBufAllocator allocator);

	/**
	 * Prepare to write the batches of a stream.
	 * @param stream the stream
	 * @return what encodes its batches
	 */
	BatchEncoder batches(String stream);

}
