package io.github.websocketkeepalive.transport;

import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2StreamChannel;
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
	 * Return whether the peer may have answered, or would have if it could, but for bytes
	 * that nobody reads here, as of the last look.
	 * @return {@code false} also where that is not known
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
		boolean stream = TransportName.isStream(channel);
		SocketMeter socket = SocketMeter.find(connection(channel));
		WireMeter meter = stream ? ConnectionTap.install(channel.pipeline()).meter() : socket;
		boolean taking = meter != null && isTakingBacklog(meter);
		boolean largeOutput = meter != null && meter.bytesUnanswered() > LARGE_OUTPUT;
		TcpInfo info = UNIX ? TcpInfo.of(connection(channel)) : null;
		boolean arrived = info != null && socket != null && info.bytesReceived() > socket.bytesReceived();
		this.unread = arrived || (channel instanceof Http2StreamChannel ours && StreamWindows.isHeldUpByOthers(ours));
		if (info == null) {
			return taking ? Evidence.DELIVERING : (largeOutput ? Evidence.STUCK : Evidence.UNKNOWN);
		}
		boolean receiving = (this.bytesReceived < 0 && socket != null) ? arrived
				: info.bytesReceived() > this.bytesReceived;
		Evidence output = judgeOutput(info, TimeUnit.NANOSECONDS.toMillis(silentNanos));
		this.bytesAcknowledged = info.bytesAcknowledged();
		this.bytesReceived = info.bytesReceived();
		if (stream) {
			return judgePing(ofStream(output, taking), largeOutput);
		}
		return receiving ? Evidence.RECEIVING : judgePing(output, largeOutput);
	}

	// A kernel that would not take everything takes more only once the peer's host has
	// acknowledged some of what it has; a stream once the peer has enlarged its window.
	private boolean isTakingBacklog(WireMeter meter) {
		boolean before = this.backlog;
		this.backlog = meter.bytesPending() > 0;
		if (!before && !this.backlog) {
			return false;
		}
		long taken = meter.bytesTaken();
		boolean taking = before && taken > this.bytesTaken;
		this.bytesTaken = taken;
		return taking;
	}

	private Evidence judgeOutput(TcpInfo info, long silentMillis) {
		if (info.unacknowledged() == 0 && info.bytesNotSent() == 0) {
			return Evidence.DELIVERED;
		}
		boolean acknowledging = (this.bytesAcknowledged < 0) ? info.sinceAckMillis() < silentMillis
				: info.bytesAcknowledged() > this.bytesAcknowledged;
		if (acknowledging) {
			return Evidence.DELIVERING;
		}
		return (info.unacknowledged() > 0 && info.retransmits() > 0) ? Evidence.LOST : Evidence.STUCK;
	}

	// What the peer's host takes may be the output of other streams, and what lies unread
	// may be their input.
	private Evidence ofStream(Evidence output, boolean taking) {
		if (output == Evidence.LOST && !this.unread) {
			return output;
		}
		if (taking) {
			return Evidence.DELIVERING;
		}
		if (this.unread) {
			return Evidence.UNKNOWN;
		}
		return (this.backlog || output == Evidence.DELIVERING) ? Evidence.STUCK : output;
	}

	private Evidence judgePing(Evidence output, boolean largeOutput) {
		if (largeOutput) {
			return (output == Evidence.DELIVERED) ? Evidence.STUCK : output;
		}
		boolean hasPing = this.bytesAcknowledged > this.bytesUpToPing;
		boolean waits = output == Evidence.DELIVERING || output == Evidence.STUCK;
		return (hasPing && waits) ? Evidence.DELIVERED : output;
	}

	private static Channel connection(Channel channel) {
		return TransportName.isStream(channel) ? channel.parent() : channel;
	}

}
