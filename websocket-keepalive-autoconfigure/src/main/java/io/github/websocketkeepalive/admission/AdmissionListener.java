package io.github.websocketkeepalive.admission;

import java.net.SocketAddress;

import org.jspecify.annotations.Nullable;

/**
 * Is told of every opening handshake that was refused. Every bean of this type is.
 *
 * <p>
 * Called on the event loop of the handshake, and must return at once: while it blocks, no
 * connection of that loop is served. Whatever it throws, errors included, is logged
 * within a limit and counted in the meter {@code websocket.callback.failures}. It affects
 * neither the refusal nor other listeners.
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
