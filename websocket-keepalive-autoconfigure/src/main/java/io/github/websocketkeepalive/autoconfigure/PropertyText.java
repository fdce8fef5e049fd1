package io.github.websocketkeepalive.autoconfigure;

import java.time.Duration;

import org.springframework.util.unit.DataSize;

import io.github.websocketkeepalive.text.DurationText;

/**
 * Values of properties in a form in which they can be written into the configuration.
 */
final class PropertyText {

	private static final int BYTES_IN_A_KILOBYTE = 1024;

	private static final int BYTES_IN_A_MEGABYTE = 1024 * 1024;

	private PropertyText() {
	}

	static String of(Object value) {
		if (value instanceof Duration duration) {
			return DurationText.of(duration);
		}
		return (value instanceof DataSize size) ? of(size.toBytes()) : String.valueOf(value);
	}

	private static String of(long bytes) {
		if (bytes == 0 || bytes % BYTES_IN_A_KILOBYTE != 0) {
			return bytes + "B";
		}
		return (bytes % BYTES_IN_A_MEGABYTE != 0) ? bytes / BYTES_IN_A_KILOBYTE + "KB"
				: bytes / BYTES_IN_A_MEGABYTE + "MB";
	}

}
