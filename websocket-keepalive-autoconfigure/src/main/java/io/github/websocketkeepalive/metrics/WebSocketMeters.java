package io.github.websocketkeepalive.metrics;

/**
 * The meters of WebSockets.
 */
enum WebSocketMeters {

	/**
	 * Gauge of open connections, by endpoint and role.
	 */
	CONNECTIONS_ACTIVE("websocket.connections.active", "Open WebSocket connections"),

	/**
	 * Timer of the lifetime of connections that have closed, by endpoint, role and cause.
	 */
	CONNECTIONS_CLOSED("websocket.connections.closed", "Lifetime of closed WebSocket connections"),

	/**
	 * Timer from the flush of a ping to its pong, by endpoint and role.
	 */
	PING_RTT("websocket.ping.rtt", "Time from a ping to its pong"),

	/**
	 * Counter of pings, by endpoint and role.
	 */
	PINGS_SENT("websocket.pings.sent", "Pings sent"),

	/**
	 * Counter of pongs that answer our pings, by endpoint and role.
	 */
	PONGS_RECEIVED("websocket.pongs.received", "Pongs received"),

	/**
	 * Gauge of connections whose verdict is put off, by reason.
	 */
	HELD("websocket.held", "WebSocket connections whose verdict is put off"),

	/**
	 * Timer of how long an event loop takes to get to a task, by event loop.
	 */
	EVENT_LOOP_LAG("websocket.eventloop.lag", "Time that a task waits for its event loop"),

	/**
	 * Counter of stalls of event loops.
	 */
	EVENT_LOOP_STALLS("websocket.eventloop.stalls", "Stalls of event loops"),

	/**
	 * Counter of opening handshakes that the server has accepted.
	 */
	HANDSHAKES_ACCEPTED("websocket.handshakes.accepted", "Opening handshakes accepted"),

	/**
	 * Counter of opening handshakes that the server has refused, by reason.
	 */
	HANDSHAKES_REJECTED("websocket.handshakes.rejected", "Opening handshakes refused"),

	/**
	 * Gauge of what was written to all connections and not yet sent.
	 */
	OUTPUT_PENDING("websocket.output.pending.bytes", "Output that waits for slow peers"),

	/**
	 * Counter of the attempts of clients to connect again, by client and cause.
	 */
	CLIENT_RECONNECTS("websocket.client.reconnects", "Attempts of clients to connect again"),

	/**
	 * Counter of messages that clients were given and did not send, by client.
	 */
	CLIENT_DROPPED("websocket.client.dropped", "Messages that clients were given and did not send"),

	/**
	 * Counter of connections that ended without a request, by kind and end.
	 */
	PROBES("websocket.probes", "Connections without a request"),

	/**
	 * Counter of lines of the log that were downgraded, by logger.
	 */
	LOG_DOWNGRADED("websocket.log.downgraded", "Lines of the log that only tell that a peer is gone"),

	/**
	 * Counter of what callbacks of the application and tasks of ours have thrown, by
	 * type.
	 */
	CALLBACK_FAILURES("websocket.callback.failures", "Failures of callbacks of the application, and of tasks");

	private final String meterName;

	private final String description;

	WebSocketMeters(String meterName, String description) {
		this.meterName = meterName;
		this.description = description;
	}

	/**
	 * Return the name.
	 * @return the name, in Micrometer's notation
	 */
	String meterName() {
		return this.meterName;
	}

	/**
	 * Return the description.
	 * @return a short phrase
	 */
	String description() {
		return this.description;
	}

}
