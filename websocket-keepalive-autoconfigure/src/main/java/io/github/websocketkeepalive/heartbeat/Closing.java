package io.github.websocketkeepalive.heartbeat;

import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BiConsumer;

import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import reactor.netty.channel.ChannelOperations;

/**
 * What is kept of a connection once a Close frame was seen in either direction. Confined
 * to the event loop of its channel.
 */
final class Closing {

	/**
	 * How long a Close frame waits for a handler that goes on without its input, in
	 * milliseconds.
	 */
	static final int WAIT_MILLIS = 100;

	private final Queue<Waiting> waiting = new ArrayDeque<>();

	private @Nullable ChannelOperations<?, ?> receiver;

	private boolean peerClosed;

	/**
	 * Note that the peer has sent a Close frame.
	 * @param receiver who was told, if anybody was
	 */
	void peerClosed(@Nullable ChannelOperations<?, ?> receiver) {
		this.peerClosed = true;
		this.receiver = receiver;
	}

	boolean hasPeerClosed() {
		return this.peerClosed;
	}

	/**
	 * Have a Close frame wait, or what is to be sent behind one that waits.
	 * @param message the frame
	 * @param promise what is told once it is sent
	 */
	void defer(Object message, ChannelPromise promise) {
		this.waiting.add(new Waiting(message, promise));
	}

	boolean isWaiting() {
		return !this.waiting.isEmpty();
	}

	/**
	 * Send what waits.
	 * @param writer writes a message, and tells its promise
	 */
	void send(BiConsumer<Object, ChannelPromise> writer) {
		while (isWaiting()) {
			Waiting next = this.waiting.remove();
			writer.accept(next.message(), next.promise());
		}
	}

	/**
	 * Give up what waits, because the connection has ended.
	 */
	void release() {
		send((message, promise) -> {
			ReferenceCountUtil.release(message);
			promise.tryFailure(new ClosedChannelException());
		});
	}

	/**
	 * Release what was read before the peer's Close frame. Reactor Netty keeps it for a
	 * subscriber, and leaks it if there never is one.
	 */
	void discardInput() {
		if (this.receiver != null) {
			this.receiver.discard();
		}
	}

	private record Waiting(Object message, ChannelPromise promise) {
	}

}
