package io.github.websocketkeepalive.stream.server;

import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

import io.github.websocketkeepalive.listener.Listeners;
import io.github.websocketkeepalive.peer.LogLimiter;
import io.github.websocketkeepalive.stream.StreamPolicy;
import io.github.websocketkeepalive.stream.codec.StreamCodec;
import io.github.websocketkeepalive.stream.protocol.ServerFrame;

/**
 * What all streams of a connection share.
 *
 * @param id names the connection in logs
 * @param codec the encoding that was negotiated
 * @param allocator allocates messages
 * @param policy what streams go by
 * @param listeners who is told of their lives
 * @param context what feeds are subscribed with
 * @param limiter which failures of sources are logged in full
 */
record ConnectionScope(String id, StreamCodec codec, ByteBufAllocator allocator, StreamPolicy policy,
		Listeners<StreamListener> listeners, Context context, LogLimiter limiter) {

	ByteBuf encode(ServerFrame frame) {
		return this.codec.encode(frame, this.allocator);
	}

	ServerFrame.Error error(@Nullable String stream, @Nullable String ref, String code, String message) {
		tell((listener) -> listener.onError(code));
		return new ServerFrame.Error(stream, ref, code, message);
	}

	void tell(Consumer<StreamListener> event) {
		this.listeners.tell(event);
	}

}
