package io.github.websocketkeepalive.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.admission.AllowedHosts;

/**
 * What values of properties have to be.
 */
@Internal
public final class PropertyCheck {

	/**
	 * What the names of all properties begin with.
	 */
	public static final String PREFIX = "websocket-keepalive.";

	/**
	 * Far from where arithmetic with nanoseconds overflows.
	 */
	private static final Duration LONGEST = Duration.ofDays(365);

	private static final Duration SHORTEST = Duration.ofSeconds(1);

	/**
	 * No proxy waits as long: a longer interval was meant in another unit.
	 */
	private static final Duration LONGEST_HEARTBEAT = Duration.ofHours(1);

	/**
	 * Nothing useful is smaller: a smaller size was meant in another unit.
	 */
	private static final DataSize SMALLEST = DataSize.ofKilobytes(1);

	private static final Pattern ORIGIN = Pattern.compile(
			"\\*|null|[A-Za-z][A-Za-z0-9+.-]*://([A-Za-z0-9._*-]+|\\[[0-9A-Fa-f:.]+])(:(?<ports>\\d+|\\[(\\*|\\d+(,\\d+)*)]))?");

	private static final int MAX_PORT = 65_535;

	private static final int MAX_DIGITS = 5;

	private static final Pattern NO_DIGITS = Pattern.compile("\\D+");

	private static final Pattern PERCENTAGE = Pattern.compile("(100|\\d{1,2}(\\.\\d{1,3})?)%");

	private PropertyCheck() {
	}

	/**
	 * Check that a duration, if it is given, is above zero and not absurdly long.
	 * @param key the name of the property, without the prefix
	 * @param value the value
	 */
	public static void duration(String key, @Nullable Duration value) {
		if (value != null) {
			if (value.isZero() || value.isNegative()) {
				throw new InvalidKeepalivePropertyException(PREFIX + key, value,
						"Use a duration above zero, such as 20s.");
			}
			atMost(key, value, LONGEST);
		}
	}

	static void heartbeat(String key, @Nullable Duration value) {
		duration(key, value);
		if (value != null) {
			atMost(key, value, LONGEST_HEARTBEAT);
		}
	}

	static void notShort(String key, @Nullable Duration value) {
		if (value != null && !value.isZero() && value.compareTo(SHORTEST) < 0) {
			throw new InvalidKeepalivePropertyException(PREFIX + key, value,
					"Use at least 1s, or set '%sheartbeat.allow-short' to true in a test that needs less."
						.formatted(PREFIX));
		}
	}

	static void notNegative(String key, Duration value) {
		if (value.isNegative()) {
			throw new InvalidKeepalivePropertyException(PREFIX + key, value,
					"Use a duration of zero or more, such as 5s.");
		}
		atMost(key, value, LONGEST);
	}

	static void goingAwayCode(String key, int value) {
		boolean application = value >= 3000 && value <= 4999;
		if (value != 1001 && value != 1012 && value != 1013 && !application) {
			throw new InvalidKeepalivePropertyException(PREFIX + key, value,
					"Use 1012 (service restart), 1001 (going away), 1013 (try again later), or 3000 to 4999.");
		}
	}

	static void atMost(String key, Duration value, Duration most) {
		if (value.compareTo(most) > 0) {
			throw new InvalidKeepalivePropertyException(PREFIX + key, value,
					"Use at most %s. A number without a unit counts seconds.".formatted(PropertyText.of(most)));
		}
	}

	static void durationOrZero(String key, Duration value) {
		if (!value.isZero()) {
			duration(key, value);
		}
	}

	/**
	 * Check that a number, if it is given, is above zero.
	 * @param key the name of the property, without the prefix
	 * @param value the value
	 */
	public static void positive(String key, @Nullable Integer value) {
		if (value != null && value <= 0) {
			throw new InvalidKeepalivePropertyException(PREFIX + key, value, "Use a number above zero.");
		}
	}

	static void text(String key, String value) {
		if (value.isBlank()) {
			throw new InvalidKeepalivePropertyException(PREFIX + key, value, "Use a name that is not blank.");
		}
	}

	static void wholeSeconds(String key, Duration value) {
		if (value.toSeconds() < 1 || value.toSeconds() > Short.MAX_VALUE || value.toNanosPart() != 0) {
			throw new InvalidKeepalivePropertyException(PREFIX + key, value,
					"Use whole seconds from 1s to %ds, which is what TCP knows.".formatted(Short.MAX_VALUE));
		}
	}

	static void sizeOrZero(String key, DataSize value, DataSize most) {
		if (value.toBytes() != 0) {
			size(key, value, most, "Use 0 or a size from %s to %s. A number without a unit counts bytes.");
		}
	}

	/**
	 * Check that a size is neither absurdly small nor above a limit.
	 * @param key the name of the property, without the prefix
	 * @param value the value
	 * @param most the limit
	 */
	public static void size(String key, DataSize value, DataSize most) {
		size(key, value, most, "Use a size from %s to %s. A number without a unit counts bytes.");
	}

	private static void size(String key, DataSize value, DataSize most, String remedy) {
		if (value.compareTo(SMALLEST) < 0 || value.compareTo(most) > 0) {
			throw new InvalidKeepalivePropertyException(PREFIX + key, value,
					remedy.formatted(PropertyText.of(SMALLEST), PropertyText.of(most)));
		}
	}

	static double percentage(String key, String value) {
		if (!PERCENTAGE.matcher(value).matches()) {
			throw new InvalidKeepalivePropertyException(PREFIX + key, value, "Use a percentage from 0% to 100%.");
		}
		return Double.parseDouble(value.substring(0, value.length() - 1)) / 100;
	}

	static void atLeast(String key, Duration value, String otherKey, Duration least) {
		if (value.compareTo(least) < 0) {
			throw new InvalidKeepalivePropertyException(PREFIX + key, value,
					"Use at least the value of '%s', %s.".formatted(PREFIX + otherKey, PropertyText.of(least)),
					PREFIX + otherKey);
		}
		atMost(key, value, LONGEST);
	}

	static void needs(String key, @Nullable Object value, String otherKey, @Nullable Object other) {
		if (value != null && other == null) {
			throw new InvalidKeepalivePropertyException(PREFIX + key, value,
					"Use it together with '%s', without which it has no effect.".formatted(PREFIX + otherKey));
		}
	}

	static void share(String key, double value) {
		if (!(value > 0 && value <= 1)) {
			throw new InvalidKeepalivePropertyException(PREFIX + key, value, "Use a number above 0 and up to 1.");
		}
	}

	static void each(String key, List<String> values, BiConsumer<String, String> check) {
		for (int i = 0; i < values.size(); i++) {
			check.accept(key + "[" + i + "]", values.get(i));
		}
	}

	static void origin(String key, String value) {
		Matcher matcher = ORIGIN.matcher(value);
		if (!matcher.matches() || !arePorts(matcher.group("ports"))) {
			throw new InvalidKeepalivePropertyException(PREFIX + key, value,
					"Use an origin without a path, such as https://www.example.org, or a pattern such as "
							+ "https://*.example.org, https://*.example.org:[8080,8081] or *. Write the name of a host as "
							+ "browsers send it: xn--bcher-kva.example for b\u00fccher.example.");
		}
	}

	static void host(String key, String value) {
		Matcher matcher = AllowedHosts.SYNTAX.matcher(value);
		if (!matcher.matches() || !arePorts(matcher.group("port"))) {
			throw new InvalidKeepalivePropertyException(PREFIX + key, value,
					"Use a host without a scheme or path, such as www.example.org or www.example.org:8443, or a pattern "
							+ "such as *.example.org. Write its name as browsers send it: xn--bcher-kva.example for "
							+ "b\u00fccher.example.");
		}
	}

	private static boolean arePorts(@Nullable String ports) {
		return ports == null || NO_DIGITS.splitAsStream(ports)
			.filter((port) -> !port.isEmpty())
			.allMatch((port) -> port.length() <= MAX_DIGITS && Integer.parseInt(port) <= MAX_PORT);
	}

	static void between(String key, @Nullable Integer value, int most) {
		if (value != null && (value < 0 || value > most)) {
			throw new InvalidKeepalivePropertyException(PREFIX + key, value,
					"Use a number from 0 to %d.".formatted(most));
		}
	}

	static void together(String key, @Nullable Object value, String otherKey, @Nullable Object otherValue) {
		if (value != null && otherValue == null) {
			throw new InvalidKeepalivePropertyException(PREFIX + key, value,
					"Use it together with '%s', or neither.".formatted(PREFIX + otherKey));
		}
		if (value == null && otherValue != null) {
			together(otherKey, otherValue, key, value);
		}
	}

	static void pathPattern(String key, String value) {
		if (!value.startsWith("/")) {
			throw new InvalidKeepalivePropertyException(PREFIX + key, value,
					"Use a path pattern that starts with a slash and stands in brackets, such as \"[/ws/prices/**]\".");
		}
	}

	static void absolutePath(String key, @Nullable String value) {
		if (value != null && !value.startsWith("/")) {
			throw new InvalidKeepalivePropertyException(PREFIX + key, value,
					"Use a path that starts with a slash, such as /ws/echo.");
		}
	}

}
