package io.github.websocketkeepalive.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts at the socket itself, at a fifth of the heap of a handler in the pipeline. Netty
 * tells two strategies of every channel how much it has read, and asks how large a
 * message is that it is about to write: this meter stands before both, and leaves what
 * they decide to those that the application has set. A connection that has asked for a
 * WebSocket is read once in a turn of its event loop, and less of it where it would keep
 * the others waiting.
 */
public final class SocketMeter extends WireMeter
		implements RecvByteBufAllocator.ExtendedHandle, MessageSizeEstimator, MessageSizeEstimator.Handle {

	private final RecvByteBufAllocator.ExtendedHandle reads;

	private final MessageSizeEstimator.Handle sizes;

	/**
	 * The maximum number of bytes of a read, or 0 if the allocator decides.
	 */
	private int quantum;

	/**
	 * Whether something was read in this turn: epoll reads a connection whose peer has
	 * closed it to its end, and then in large pieces.
	 */
	private boolean hasRead;

	private SocketMeter(Channel channel, RecvByteBufAllocator.ExtendedHandle reads, MessageSizeEstimator.Handle sizes) {
		super(channel);
		this.reads = reads;
		this.sizes = sizes;
	}

	/**
	 * Meter a TCP connection. HTTP/2 streams have no socket and are left alone.
	 * @param channel the channel, from which nothing has been read
	 */
	public static void install(Channel channel) {
		if (TransportName.isStream(channel) || find(channel) != null) {
			return;
		}
		ChannelConfig config = channel.config();
		RecvByteBufAllocator allocator = config.getRecvByteBufAllocator();
		if (allocator.newHandle() instanceof RecvByteBufAllocator.ExtendedHandle reads) {
			SocketMeter meter = new SocketMeter(channel, reads, config.getMessageSizeEstimator().newHandle());
			// The channel keeps the first handle that it is given, but reads its limits
			// from the allocator.
			config.setRecvByteBufAllocator(() -> meter);
			channel.unsafe().recvBufAllocHandle();
			config.setRecvByteBufAllocator(allocator);
			config.setMessageSizeEstimator(meter);
		}
	}

	/**
	 * Read a connection once in a turn of its event loop, and less of it where it would
	 * keep the others waiting. For a stream, its connection is read so, and as little as
	 * possible next time: each stream costs much more than the bytes that open it.
	 * @param channel the channel, whose event loop must be the present thread
	 */
	public static void takeTurns(Channel channel) {
		boolean stream = TransportName.isStream(channel);
		SocketMeter meter = find(stream ? channel.parent() : channel);
		if (meter != null && stream) {
			meter.quantum = ReadQuantum.MIN_BYTES;
		}
		else if (meter != null && meter.quantum == 0) {
			meter.quantum = ReadQuantum.FIRST_BYTES;
		}
	}

	/**
	 * Return the meter of a connection.
	 * @param channel the channel
	 * @return its meter, or {@code null} if there is none
	 */
	static @Nullable SocketMeter find(Channel channel) {
		return (channel.config().getMessageSizeEstimator() instanceof SocketMeter meter) ? meter : null;
	}

	/**
	 * Return whether the channel uses this meter in both directions.
	 * @return {@code false} as long as nothing was received, or nothing sent
	 */
	boolean isConnected() {
		return bytesReceived() > 0 && bytesSent() > 0;
	}

	@Override
	public void lastBytesRead(int bytes) {
		if (bytes > 0) {
			received(bytes);
		}
		this.reads.lastBytesRead(bytes);
	}

	/**
	 * Tells the size of a message: on the event loop when it is handed to the socket, on
	 * other threads when it is queued for the event loop.
	 */
	@Override
	public int size(Object message) {
		int size = this.sizes.size(message);
		if (channel().eventLoop().inEventLoop()) {
			sent(ConnectionTap.bytes(message));
		}
		return size;
	}

	@Override
	public MessageSizeEstimator.Handle newHandle() {
		return this;
	}

	@Override
	public ByteBuf allocate(ByteBufAllocator allocator) {
		return isLimiting() ? allocator.ioBuffer(this.quantum) : this.reads.allocate(allocator);
	}

	@Override
	public int guess() {
		return isLimiting() ? this.quantum : this.reads.guess();
	}

	private boolean isLimiting() {
		return this.quantum != 0 && !this.hasRead && this.quantum < this.reads.guess();
	}

	@Override
	public void reset(ChannelConfig config) {
		this.hasRead = false;
		this.reads.reset(config);
	}

	@Override
	public void incMessagesRead(int messages) {
		this.hasRead = true;
		this.reads.incMessagesRead(messages);
	}

	@Override
	public int lastBytesRead() {
		return this.reads.lastBytesRead();
	}

	@Override
	public void attemptedBytesRead(int bytes) {
		this.reads.attemptedBytesRead(bytes);
	}

	@Override
	public int attemptedBytesRead() {
		return this.reads.attemptedBytesRead();
	}

	@Override
	public boolean continueReading() {
		return this.quantum == 0 && this.reads.continueReading();
	}

	@Override
	public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
		return this.quantum == 0 && this.reads.continueReading(maybeMoreData);
	}

	@Override
	public void readComplete() {
		int bytes = lastBytesRead();
		if (this.quantum != 0 && bytes > 0) {
			this.quantum = ReadQuantum.next(this.quantum, bytes, System.nanoTime() - lastReceivedNanos());
		}
		this.reads.readComplete();
	}

}
