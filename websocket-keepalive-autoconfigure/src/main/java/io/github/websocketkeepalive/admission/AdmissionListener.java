package io.github.websocketkeepalive.admission;

import java.net.SocketAddress;

import org.jspecify.annotations.Nullable;

/**
 * Is told of every opening handshake that was refused. Every bean of this type is. Called
 * on an event loop, must not block.
 */
@FunctionalInterface
public interface AdmissionListener {

	/**
	 * Called when a handshake was refused.
	 * @param reason why, one of few
	 * @param remoteAddress the address of the client, if it is known
	 */
	void onRejected(String reason, @Nullable SocketAddress remoteAddress);

}
