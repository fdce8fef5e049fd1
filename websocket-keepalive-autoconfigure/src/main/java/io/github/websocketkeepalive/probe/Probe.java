package io.github.websocketkeepalive.probe;

/**
 * A connection that has ended without a valid request.
 *
 * @param address the address of its peer, without the port
 * @param kind how far it came
 * @param end how it ended
 */
public record Probe(String address, Kind kind, End end) {

	/**
	 * How far a connection came.
	 */
	public enum Kind {

		/**
		 * Not one byte was received.
		 */
		EMPTY_TCP("empty-tcp"),

		/**
		 * Only a header of the PROXY protocol was received, or a part of it.
		 */
		PROXY_ONLY("proxy-only"),

		/**
		 * A TLS handshake, complete or not, and nothing after it.
		 */
		TLS_ONLY("tls-only"),

		/**
		 * The beginning of a request.
		 */
		PARTIAL_REQUEST("partial-request"),

		/**
		 * Bytes that are not HTTP, such as TLS on a port without TLS.
		 */
		NOT_HTTP("not-http"),

		/**
		 * Bytes that are not TLS on a port with TLS.
		 */
		NOT_TLS("not-tls"),

		/**
		 * A TLS handshake that failed.
		 */
		TLS_FAILED("tls-failed");

		private final String text;

		Kind(String text) {
			this.text = text;
		}

		/**
		 * Return the kind as meters, logs and the endpoint name it.
		 * @return the text
		 */
		public String text() {
			return this.text;
		}

	}

	/**
	 * How a connection ended.
	 */
	public enum End {

		/**
		 * In order, by either side.
		 */
		FIN("fin"),

		/**
		 * The peer reset it.
		 */
		RESET("reset"),

		/**
		 * The peer was silent for too long.
		 */
		TIMEOUT("timeout");

		private final String text;

		End(String text) {
			this.text = text;
		}

		/**
		 * Return the end as meters, logs and the endpoint name it.
		 * @return the text
		 */
		public String text() {
			return this.text;
		}

	}

}
