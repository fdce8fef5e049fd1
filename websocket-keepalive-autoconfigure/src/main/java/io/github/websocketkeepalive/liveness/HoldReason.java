package io.github.websocketkeepalive.liveness;

/**
 * Why a verdict on a silent peer is put off.
 */
public enum HoldReason {

	/**
	 * The application does not read, so a sign of life may be waiting unread.
	 */
	BACKPRESSURE("backpressure"),

	/**
	 * This process was paused, or this event loop was blocked.
	 */
	LOCAL_STALL("local-stall"),

	/**
	 * The peer takes our output slowly, so it may not have seen the ping yet.
	 */
	SLOW_PEER("slow-peer"),

	/**
	 * So many peers fell silent at once that the cause is likely to be on our side.
	 */
	MASS_SUSPICION("mass-suspicion");

	private final String text;

	HoldReason(String text) {
		this.text = text;
	}

	/**
	 * Return the name that logs, metrics and endpoints use.
	 * @return the name, in lower case with hyphens
	 */
	public String text() {
		return this.text;
	}

}
