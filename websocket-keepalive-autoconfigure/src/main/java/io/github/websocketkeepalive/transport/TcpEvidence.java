package io.github.websocketkeepalive.transport;

import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

import io.github.websocketkeepalive.liveness.Evidence;

/**
 * Looks at what the kernel knows about a peer that has fallen silent. Costs a system
 * call, so only suspects are looked at. Confined to the event loop of its channel.
 */
public final class TcpEvidence {

	/**
	 * So much may be read by the peer's host and wait there for a slow peer.
	 */
	private static final long LARGE_OUTPUT = 64 * 1024;

	private static final boolean UNIX = ClassUtils.isPresent("io.netty.channel.unix.RawUnixChannelOption",
			TcpEvidence.class.getClassLoader());

	private final long bytesUpToPing;

	private long bytesAcknowledged = -1;

	private long bytesReceived = -1;

	private long bytesTaken;

	private long bytesPending;

	private boolean backlog;

	private boolean unread;

	private boolean lost;

	/**
	 * Create evidence of a peer that was not pinged.
	 */
	public TcpEvidence() {
		this(Long.MAX_VALUE);
	}

	/**
	 * Create evidence of a peer that leaves a ping unanswered.
	 * @param bytesUpToPing what {@link #bytesSent} was once the ping was sent
	 */
	public TcpEvidence(long bytesUpToPing) {
		this.bytesUpToPing = bytesUpToPing;
	}

	/**
	 * Return the bytes sent on the TCP connection of a channel.
	 * @param channel the channel of the connection, or of a stream on it
	 * @return how many were handed to the transport, or more if that is not known
	 */
	public static long bytesSent(Channel channel) {
		SocketMeter meter = SocketMeter.find(connection(channel));
		return (meter != null) ? meter.bytesSent() : Long.MAX_VALUE;
	}

	/**
	 * Return whether bytes of the peer lie here unread, as of the last look.
	 * @return {@code false} also where the kernel cannot be asked
	 */
	public boolean isUnread() {
		return this.unread;
	}

	/**
	 * Return whether what was sent does not arrive, as of the last look.
	 * @return whether the evidence was {@link Evidence#LOST}
	 */
	public boolean isLost() {
		return this.lost;
	}

	/**
	 * Look at a connection once more.
	 * @param channel the channel of the connection, or of a stream on it
	 * @param silentNanos nanoseconds for which the peer has been silent
	 * @return what the kernel knows; compared to the last look if there was one
	 */
	public Evidence look(Channel channel, long silentNanos) {
		Evidence evidence = lookAt(channel, silentNanos);
		this.lost = evidence == Evidence.LOST;
		return evidence;
	}

	private Evidence lookAt(Channel channel, long silentNanos) {
		return TransportName.isStream(channel) ? lookAtStream(channel) : lookAtConnection(channel, silentNanos);
	}

	// What the peer's other streams send and take tells nothing of this one. Only bytes
	// that lie unread may be its own.
	private Evidence lookAtStream(Channel stream) {
		SocketMeter connection = SocketMeter.find(stream.parent());
		TcpInfo info = UNIX ? TcpInfo.of(stream.parent()) : null;
		WireMeter meter = ConnectionTap.install(stream.pipeline()).meter();
		long pending = meter.bytesPending();
		boolean taking = pending < this.bytesPending;
		this.bytesPending = pending;
		if (info != null && connection != null && info.bytesReceived() > connection.bytesReceived()) {
			return Evidence.UNREAD;
		}
		if (pending > 0 || meter.bytesUnanswered() > LARGE_OUTPUT) {
			return taking ? Evidence.DELIVERING : Evidence.STUCK;
		}
		return (info != null) ? judgePing(info) : Evidence.UNKNOWN;
	}

	private Evidence judgePing(TcpInfo info) {
		boolean nothingWaits = info.unacknowledged() == 0 && info.bytesNotSent() == 0;
		if (nothingWaits || info.bytesAcknowledged() > this.bytesUpToPing) {
			return Evidence.DELIVERED;
		}
		return (info.unacknowledged() > 0 && info.retransmits() > 0) ? Evidence.LOST : Evidence.STUCK;
	}

	private Evidence lookAtConnection(Channel connection, long silentNanos) {
		SocketMeter meter = SocketMeter.find(connection);
		TcpInfo info = UNIX ? TcpInfo.of(connection) : null;
		boolean largeOutput = meter != null && meter.bytesUnanswered() > LARGE_OUTPUT;
		if (info == null) {
			return isTakingBacklog(connection, meter) ? Evidence.DELIVERING
					: (largeOutput ? Evidence.STUCK : Evidence.UNKNOWN);
		}
		Evidence evidence = judge(info, meter, TimeUnit.NANOSECONDS.toMillis(silentNanos));
		boolean hasPing = info.bytesAcknowledged() > this.bytesUpToPing && !largeOutput;
		if (hasPing && (evidence == Evidence.DELIVERING || evidence == Evidence.STUCK)) {
			evidence = Evidence.DELIVERED;
		}
		this.unread = meter != null && info.bytesReceived() > meter.bytesReceived();
		this.bytesAcknowledged = info.bytesAcknowledged();
		this.bytesReceived = info.bytesReceived();
		return (evidence == Evidence.DELIVERED && largeOutput) ? Evidence.STUCK : evidence;
	}

	// A kernel that would not take everything takes more only once the peer's host has
	// acknowledged some of what it has.
	private boolean isTakingBacklog(Channel connection, @Nullable SocketMeter meter) {
		ChannelOutboundBuffer output = connection.unsafe().outboundBuffer();
		if (output == null || meter == null) {
			return false;
		}
		long taken = meter.bytesSent() - output.totalPendingWriteBytes() + output.currentProgress();
		boolean taking = this.backlog && taken > this.bytesTaken;
		this.backlog = !output.isEmpty();
		this.bytesTaken = taken;
		return taking;
	}

	private Evidence judge(TcpInfo info, @Nullable SocketMeter meter, long silentMillis) {
		boolean first = this.bytesReceived < 0;
		long known = (first && meter != null) ? meter.bytesReceived() : this.bytesReceived;
		if (info.bytesReceived() > known) {
			return Evidence.RECEIVING;
		}
		if (info.unacknowledged() == 0 && info.bytesNotSent() == 0) {
			return Evidence.DELIVERED;
		}
		boolean acknowledging = first ? info.sinceAckMillis() < silentMillis
				: info.bytesAcknowledged() > this.bytesAcknowledged;
		if (acknowledging) {
			return Evidence.DELIVERING;
		}
		return (info.unacknowledged() > 0 && info.retransmits() > 0) ? Evidence.LOST : Evidence.STUCK;
	}

	private static Channel connection(Channel channel) {
		return TransportName.isStream(channel) ? channel.parent() : channel;
	}

}
