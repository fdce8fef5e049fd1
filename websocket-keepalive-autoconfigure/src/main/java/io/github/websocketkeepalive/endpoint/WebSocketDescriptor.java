package io.github.websocketkeepalive.endpoint;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.liveness.Liveness;
import io.github.websocketkeepalive.peer.PeerAddress;

/**
 * One open connection.
 *
 * @param id the id that logs use
 * @param sessionId the id of its {@code WebSocketSession}
 * @param role {@code server} or {@code client}
 * @param endpoint the path pattern
 * @param path the path, without its query
 * @param remoteAddress the address and port of the peer
 * @param principal the name of the user
 * @param subprotocol the agreed subprotocol
 * @param transport what the connection runs on
 * @param openedAt when it opened
 * @param ageMillis milliseconds since then
 * @param liveness what is known about the peer
 * @param heldBy why a verdict is put off
 * @param lastReceivedMillisAgo milliseconds since the last byte
 * @param rttMillis the last round-trip time, in milliseconds
 * @param pingsSent how many pings were sent
 * @param pongsReceived how many of them were answered
 * @param foreignPings how many pings the application or the peer sent by itself
 * @param bytesReceived how many bytes were received
 * @param bytesSent how many bytes were sent
 * @param pendingBytes how many bytes wait to be sent
 * @param closing whether a Close frame was sent
 */
public record WebSocketDescriptor(String id, String sessionId, String role, String endpoint, String path,
		@Nullable String remoteAddress, @Nullable String principal, @Nullable String subprotocol, String transport,
		Instant openedAt, long ageMillis, Liveness liveness, @Nullable String heldBy, long lastReceivedMillisAgo,
		@Nullable Double rttMillis, long pingsSent, long pongsReceived, long foreignPings, long bytesReceived,
		long bytesSent, long pendingBytes, boolean closing) implements OperationResponseBody {

	static WebSocketDescriptor of(WebSocketConnection connection) {
		HoldReason heldBy = connection.getHeldBy();
		Duration rtt = connection.getRtt();
		return new WebSocketDescriptor(connection.getId(), connection.getSessionId(), connection.getRole().text(),
				connection.getEndpoint(), connection.getPath(), PeerAddress.of(connection.getRemoteAddress()),
				connection.getPrincipal(), connection.getSubprotocol(), connection.getTransport(),
				connection.getOpenedAt(), Duration.between(connection.getOpenedAt(), Instant.now()).toMillis(),
				connection.getLiveness(), (heldBy != null) ? heldBy.text() : null,
				connection.getSinceLastReceived().toMillis(), (rtt != null) ? rtt.toNanos() / 1_000 / 1_000.0 : null,
				connection.getPingsSent(), connection.getPongsReceived(), connection.getForeignPings(),
				connection.getBytesReceived(), connection.getBytesSent(), connection.getPendingBytes(),
				connection.isClosing());
	}

}
