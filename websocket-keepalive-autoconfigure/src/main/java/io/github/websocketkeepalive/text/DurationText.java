package io.github.websocketkeepalive.text;

import java.time.Duration;

/**
 * Durations in the form in which they can be written into the configuration.
 */
public final class DurationText {

	private static final int NANOS_IN_A_MILLI = 1_000_000;

	private static final int SECONDS_IN_A_MINUTE = 60;

	private static final int SECONDS_IN_AN_HOUR = 3600;

	private DurationText() {
	}

	/**
	 * Return a duration as text.
	 * @param duration the duration
	 * @return a number and the largest unit that fits, such as {@code 90s}
	 */
	public static String of(Duration duration) {
		long seconds = duration.getSeconds();
		if (duration.getNano() != 0) {
			boolean isWholeMillis = duration.getNano() % NANOS_IN_A_MILLI == 0 && seconds == (int) seconds;
			return isWholeMillis ? duration.toMillis() + "ms" : duration.toString();
		}
		if (seconds == 0 || seconds % SECONDS_IN_A_MINUTE != 0) {
			return seconds + "s";
		}
		return (seconds % SECONDS_IN_AN_HOUR != 0) ? seconds / SECONDS_IN_A_MINUTE + "m"
				: seconds / SECONDS_IN_AN_HOUR + "h";
	}

}
