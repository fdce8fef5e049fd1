package io.github.websocketkeepalive.connection;

/**
 * Which end of a connection this process is.
 */
public enum Role {

	/**
	 * The peer connected to this process.
	 */
	SERVER,

	/**
	 * This process connected to the peer.
	 */
	CLIENT;

	/**
	 * Return the name that logs, metrics and endpoints use.
	 * @return the name, in lower case
	 */
	public String text() {
		return (this == SERVER) ? "server" : "client";
	}

}
