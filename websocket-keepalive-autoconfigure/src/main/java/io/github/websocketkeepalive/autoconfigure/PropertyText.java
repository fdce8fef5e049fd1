package io.github.websocketkeepalive.autoconfigure;

import java.time.Duration;

import org.springframework.util.unit.DataSize;

/**
 * Values of properties in a form in which they can be written into the configuration.
 */
final class PropertyText {

	private static final int NANOS_IN_A_MILLI = 1_000_000;

	private static final int SECONDS_IN_A_MINUTE = 60;

	private static final int SECONDS_IN_AN_HOUR = 3600;

	private static final int BYTES_IN_A_KILOBYTE = 1024;

	private static final int BYTES_IN_A_MEGABYTE = 1024 * 1024;

	private PropertyText() {
	}

	static String of(Object value) {
		if (value instanceof Duration duration) {
			return of(duration);
		}
		return (value instanceof DataSize size) ? of(size.toBytes()) : String.valueOf(value);
	}

	private static String of(Duration duration) {
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

	private static String of(long bytes) {
		if (bytes == 0 || bytes % BYTES_IN_A_KILOBYTE != 0) {
			return bytes + "B";
		}
		return (bytes % BYTES_IN_A_MEGABYTE != 0) ? bytes / BYTES_IN_A_KILOBYTE + "KB"
				: bytes / BYTES_IN_A_MEGABYTE + "MB";
	}

}
