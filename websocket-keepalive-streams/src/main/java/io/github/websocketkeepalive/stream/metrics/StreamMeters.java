package io.github.websocketkeepalive.stream.metrics;

/**
 * The meters of streams.
 */
enum StreamMeters {

	/**
	 * Gauge of open streams, by source.
	 */
	ACTIVE("websocket.stream.active", "Open streams"),

	/**
	 * Counter of batches sent.
	 */
	BATCHES("websocket.stream.batches", "Batches sent on streams"),

	/**
	 * Counter of items sent, by source.
	 */
	ITEMS("websocket.stream.items", "Items sent on streams"),

	/**
	 * Counter of streams that clients wanted to continue, by source and whether they do.
	 */
	RESUMED("websocket.stream.resumed", "Streams that clients wanted to continue"),

	/**
	 * Counter of items that clients were told they will never see, by source.
	 */
	MISSING("websocket.stream.missing", "Items that clients of streams have missed"),

	/**
	 * Counter of errors that clients were told of, by code.
	 */
	ERRORS("websocket.stream.errors", "Errors that clients of streams were told of");

	private final String meterName;

	private final String description;

	StreamMeters(String meterName, String description) {
		this.meterName = meterName;
		this.description = description;
	}

	String meterName() {
		return this.meterName;
	}

	String description() {
		return this.description;
	}

}
