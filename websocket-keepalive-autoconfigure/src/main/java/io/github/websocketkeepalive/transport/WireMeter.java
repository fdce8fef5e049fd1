package io.github.websocketkeepalive.transport;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.RejectedExecutionException;

import javax.net.ssl.SSLException;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http2.Http2StreamChannel;
import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.connection.CloseCause;

/**
 * What has passed on the wire of one channel, and how its transport failed. Written by
 * the event loop of the channel only; other threads may read the figures, which may then
 * lag behind.
 */
public class WireMeter {

	private final Channel channel;

	private long bytesReceived;

	private long bytesSent;

	private long lastReceivedNanos = System.nanoTime();

	private int bytesUnanswered;

	private @Nullable CloseCause failure;

	WireMeter(Channel channel) {
		this.channel = channel;
	}

	/**
	 * Return the meter of a channel. That of its socket, where there is one that works;
	 * otherwise that of a tap, which is put first in the pipeline. The connection of an
	 * HTTP/2 stream is given a tap as well, which keeps how it failed.
	 * @param channel the channel, on which something has been received and sent
	 * @return its meter
	 */
	public static WireMeter of(Channel channel) {
		if (TransportName.isStream(channel)) {
			ConnectionTap.install(channel.parent().pipeline()).carries(channel);
		}
		SocketMeter meter = SocketMeter.find(channel);
		if (meter != null && meter.isConnected()) {
			return meter;
		}
		ConnectionTap tap = ConnectionTap.install(channel.pipeline());
		tap.carries(channel);
		return tap.meter();
	}

	/**
	 * Reset a connection: whatever is still to be sent is discarded, and no handler
	 * delays it.
	 * @param channel the channel, whose event loop must be the present thread
	 */
	public static void reset(Channel channel) {
		if (channel.isOpen()) {
			channel.config().setOption(ChannelOption.SO_LINGER, 0);
			channel.unsafe().close(channel.unsafe().voidPromise());
		}
	}

	/**
	 * Return whose meter this is.
	 * @return the channel
	 */
	public Channel channel() {
		return this.channel;
	}

	/**
	 * Run a task on the event loop of the channel, at once if that is the present thread.
	 * It is not run if the event loop has ended.
	 * @param task the task
	 */
	public void onEventLoop(Runnable task) {
		if (this.channel.eventLoop().inEventLoop()) {
			task.run();
			return;
		}
		try {
			this.channel.eventLoop().execute(task);
		}
		catch (RejectedExecutionException ex) {
			// The event loop has ended, and its connections with it.
		}
	}

	/**
	 * Return the bytes received.
	 * @return how many since the connection opened
	 */
	public long bytesReceived() {
		return this.bytesReceived;
	}

	/**
	 * Return the bytes sent.
	 * @return how many were handed to the transport since the connection opened
	 */
	public long bytesSent() {
		return this.bytesSent;
	}

	/**
	 * Return the bytes sent since something was last received.
	 * @return how many bytes the peer may still be busy with
	 */
	public int bytesUnanswered() {
		return this.bytesUnanswered;
	}

	/**
	 * Return when something was last received.
	 * @return the {@link System#nanoTime()} of the last byte, or of the opening
	 */
	public long lastReceivedNanos() {
		return this.lastReceivedNanos;
	}

	/**
	 * Return how the transport failed.
	 * @return {@link CloseCause#RESET}, {@link CloseCause#TRANSPORT_DEAD} or
	 * {@link CloseCause#OUT_OF_MEMORY}, or {@code null} if it did not fail
	 */
	public @Nullable CloseCause failure() {
		return this.failure;
	}

	/**
	 * Return how the transport of this channel failed, or that of its parent: a stream
	 * fails with its connection.
	 * @return the failure, or {@code null} if neither failed
	 */
	public @Nullable CloseCause connectionFailure() {
		Channel parent = this.channel.parent();
		if (this.failure != null || parent == null) {
			return this.failure;
		}
		return (parent.pipeline().get(ConnectionTap.NAME) instanceof ConnectionTap tap) ? tap.meter().failure() : null;
	}

	/**
	 * Return how much of what was written the socket has not taken yet. The total of a
	 * buffer still counts what the socket has taken of the message that is being sent; a
	 * stream has no buffer of its own, but its marks tell how full it is. A connection
	 * has none once its output was shut down.
	 * @return the number of bytes
	 */
	public long bytesPending() {
		ChannelOutboundBuffer buffer = this.channel.unsafe().outboundBuffer();
		if (buffer != null) {
			return Math.max(buffer.totalPendingWriteBytes() - buffer.currentProgress(), 0);
		}
		if (!this.channel.isOpen() || !TransportName.isStream(this.channel)) {
			return 0;
		}
		WriteBufferWaterMark mark = this.channel.config().getWriteBufferWaterMark();
		return this.channel.isWritable() ? mark.high() + 1 - this.channel.bytesBeforeUnwritable()
				: mark.low() - 1 + this.channel.bytesBeforeWritable();
	}

	/**
	 * Return how much of what was written the socket has taken, or for a stream its
	 * connection. Only differences tell something.
	 * @return the number of bytes
	 */
	long bytesTaken() {
		return (this.channel instanceof Http2StreamChannel stream) ? StreamWindows.bytesTaken(stream)
				: this.bytesSent - bytesPending();
	}

	/**
	 * Note that the transport failed, unless it is known. A failed write is told to
	 * nobody but who wrote.
	 * @param cause what an operation failed with
	 */
	public void failed(Throwable cause) {
		boolean ofTransport = cause instanceof IOException && !(cause instanceof ClosedChannelException)
				&& !(cause instanceof SSLException);
		if (this.failure == null && ofTransport) {
			this.failure = isTimeout(cause) ? CloseCause.TRANSPORT_DEAD : CloseCause.RESET;
		}
		else if (this.failure == null && cause instanceof OutOfMemoryError) {
			this.failure = CloseCause.OUT_OF_MEMORY;
		}
	}

	void received(int bytes) {
		this.bytesReceived += bytes;
		this.lastReceivedNanos = System.nanoTime();
		this.bytesUnanswered = 0;
	}

	void sent(int bytes) {
		this.bytesSent += bytes;
		this.bytesUnanswered = (int) Math.min((long) this.bytesUnanswered + bytes, Integer.MAX_VALUE);
	}

	private static boolean isTimeout(Throwable cause) {
		String message = cause.getMessage();
		return message != null && message.contains("timed out");
	}

}
