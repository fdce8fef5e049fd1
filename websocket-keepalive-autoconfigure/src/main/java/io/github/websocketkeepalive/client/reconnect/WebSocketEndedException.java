package io.github.websocketkeepalive.client.reconnect;

/**
 * A client does not come back, although its connection did not end as it was meant to.
 */
public final class WebSocketEndedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient Disconnect disconnect;

	/**
	 * Create an exception.
	 * @param client the name of the client
	 * @param disconnect how its last attempt ended
	 */
	public WebSocketEndedException(String client, Disconnect disconnect) {
		super("Client '" + client + "' gave up: " + disconnect.description(), disconnect.failure());
		this.disconnect = disconnect;
	}

	/**
	 * Return how the last attempt ended.
	 * @return the end
	 */
	public Disconnect getDisconnect() {
		return this.disconnect;
	}

}
