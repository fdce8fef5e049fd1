package io.github.websocketkeepalive.stream.server;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Makes messages when it is its turn. Confined to the event loop of its connection.
 */
interface MessageSource {

	/**
	 * Return whether there may be a message.
	 * @return whether {@link #next()} may be called
	 */
	boolean hasNext();

	/**
	 * Make the next message.
	 * @return the whole message, owned by the caller, or {@code null} if there is none
	 * before the source says so
	 */
	@Nullable ByteBuf next();

}
