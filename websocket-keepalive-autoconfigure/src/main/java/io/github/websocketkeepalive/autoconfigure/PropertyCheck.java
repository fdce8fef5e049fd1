package io.github.websocketkeepalive.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What values of properties have to be.
 */
final class PropertyCheck {

	static final String PREFIX = "websocket-keepalive.";

	/**
	 * Far from where arithmetic with nanoseconds overflows.
	 */
	private static final Duration LONGEST = Duration.ofDays(365);

	private PropertyCheck() {
	}

	static void duration(String key, @Nullable Duration value) {
		if (value != null) {
			if (value.isZero() || value.isNegative()) {
				throw new InvalidKeepalivePropertyException(PREFIX + key, value,
						"Use a duration above zero, such as 20s.");
			}
			atMost(key, value, LONGEST);
		}
	}

	static void atMost(String key, Duration value, Duration most) {
		if (value.compareTo(most) > 0) {
			throw new InvalidKeepalivePropertyException(PREFIX + key, value,
					"Use at most %ds.".formatted(most.toSeconds()));
		}
	}

	static void absolutePath(String key, @Nullable String value) {
		if (value != null && !value.startsWith("/")) {
			throw new InvalidKeepalivePropertyException(PREFIX + key, value,
					"Use a path that starts with a slash, such as /ws/echo.");
		}
	}

}
