package io.github.websocketkeepalive.transport;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.RawUnixChannelOption;
import org.jspecify.annotations.Nullable;

/**
 * What Linux knows about a TCP connection ({@code struct tcp_info} of linux/tcp.h), as
 * far as it tells a dead peer from a slow one.
 *
 * @param retransmits how often the oldest unacknowledged segment was sent again
 * @param unacknowledged segments on their way
 * @param sinceAckMillis milliseconds since the last acknowledgement
 * @param bytesAcknowledged bytes that the peer's host has taken
 * @param bytesReceived bytes that have arrived here, read or not
 * @param bytesNotSent bytes that wait to be sent
 */
record TcpInfo(int retransmits, int unacknowledged, long sinceAckMillis, long bytesAcknowledged, long bytesReceived,
		long bytesNotSent) {

	private static final int LENGTH = 148;

	private static final RawUnixChannelOption OPTION = new RawUnixChannelOption("TCP_INFO", 6, 11, LENGTH);

	/**
	 * Ask the kernel.
	 * @param channel the channel of a TCP connection
	 * @return what it knows, or {@code null} if it cannot be asked
	 */
	static @Nullable TcpInfo of(Channel channel) {
		try {
			ByteBuffer info = channel.config().getOption(OPTION);
			return (info != null && info.remaining() >= LENGTH) ? read(info.order(ByteOrder.nativeOrder())) : null;
		}
		catch (ChannelException ex) {
			return null;
		}
	}

	static TcpInfo read(ByteBuffer info) {
		return new TcpInfo(info.get(2) & 0xFF, info.getInt(24), Integer.toUnsignedLong(info.getInt(56)),
				info.getLong(120), info.getLong(128), Integer.toUnsignedLong(info.getInt(144)));
	}

}
