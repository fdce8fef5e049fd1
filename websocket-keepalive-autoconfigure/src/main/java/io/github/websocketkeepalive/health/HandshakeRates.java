package io.github.websocketkeepalive.health;

import java.net.SocketAddress;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.admission.AdmissionListener;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.connection.WebSocketConnection;

/**
 * How many opening handshakes the server accepts and refuses in a second, of late.
 */
public final class HandshakeRates implements ConnectionListener, AdmissionListener {

	private final RateWindow accepted = new RateWindow();

	private final RateWindow rejected = new RateWindow();

	@Override
	public void onOpened(WebSocketConnection connection) {
		if (connection.getRole() == Role.SERVER) {
			this.accepted.increment();
		}
	}

	@Override
	public void onRejected(String reason, @Nullable SocketAddress remoteAddress) {
		this.rejected.increment();
	}

	/**
	 * Return how many handshakes were accepted.
	 * @return the mean of the last ten seconds, a second
	 */
	public double acceptedPerSecond() {
		return this.accepted.perSecond();
	}

	/**
	 * Return how many handshakes were refused.
	 * @return the mean of the last ten seconds, a second
	 */
	public double rejectedPerSecond() {
		return this.rejected.perSecond();
	}

}
