package io.github.websocketkeepalive.client.reconnect;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * When a server wants a client back. What cannot be read is as good as no hint, and none
 * counts for more than an hour.
 *
 * @param delay how long to wait
 * @param mayBeShared whether other clients may have been given the same delay, so that
 * jitter must be added
 */
public record RetryHint(Duration delay, boolean mayBeShared) {

	private static final Duration LONGEST = Duration.ofHours(1);

	private static final Pattern RECONNECT_AFTER = Pattern
		.compile("(?:^|[^\\w-])reconnect-after=(\\d{1,18})(?!\\w|\\.\\d)");

	private static final DateTimeFormatter ASCTIME = DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.US)
		.withZone(ZoneOffset.UTC);

	/**
	 * How far in the past a year of two digits may be, so that it is not more than 50 in
	 * the future.
	 */
	private static final int YEARS_BACK = 49;

	private static final Pattern DIGITS = Pattern.compile("\\d{1,12}");

	public RetryHint {
		delay = (delay.compareTo(LONGEST) < 0) ? delay : LONGEST;
		delay = delay.isNegative() ? Duration.ZERO : delay;
	}

	/**
	 * Read the hint of a refused handshake.
	 * @param retryAfterMs the header {@code Retry-After-Ms}: milliseconds, drawn for this
	 * client
	 * @param retryAfter the header {@code Retry-After}: seconds or a date (RFC 9110
	 * section 10.2.3), also in one of the two obsolete formats (section 5.6.7)
	 * @param now the present instant
	 * @return the hint, or {@code null} if there is none
	 */
	public static @Nullable RetryHint ofHeaders(@Nullable String retryAfterMs, @Nullable String retryAfter,
			Instant now) {
		long millis = number(retryAfterMs);
		if (millis >= 0) {
			return new RetryHint(Duration.ofMillis(millis), false);
		}
		long seconds = number(retryAfter);
		if (seconds >= 0) {
			return new RetryHint(Duration.ofSeconds(seconds), true);
		}
		return (retryAfter != null) ? ofDate(retryAfter.strip(), now) : null;
	}

	/**
	 * Read the hint of a close reason.
	 * @param reason the reason, which may contain {@code reconnect-after=<ms>}
	 * @return the hint, or {@code null} if there is none
	 */
	public static @Nullable RetryHint ofCloseReason(@Nullable String reason) {
		if (reason == null) {
			return null;
		}
		Matcher matcher = RECONNECT_AFTER.matcher(reason);
		return matcher.find() ? new RetryHint(Duration.ofMillis(Long.parseLong(matcher.group(1))), false) : null;
	}

	private static @Nullable RetryHint ofDate(String date, Instant now) {
		for (DateTimeFormatter format : List.of(DateTimeFormatter.RFC_1123_DATE_TIME, rfc850(now), ASCTIME)) {
			try {
				return new RetryHint(Duration.between(now, format.parse(date, Instant::from)), true);
			}
			catch (DateTimeParseException ex) {
				// One of the others may fit.
			}
		}
		return null;
	}

	private static DateTimeFormatter rfc850(Instant now) {
		int firstYear = now.atZone(ZoneOffset.UTC).getYear() - YEARS_BACK;
		return new DateTimeFormatterBuilder().appendPattern("EEEE, dd-MMM-")
			.appendValueReduced(ChronoField.YEAR, 2, 2, firstYear)
			.appendPattern(" HH:mm:ss 'GMT'")
			.toFormatter(Locale.US)
			.withZone(ZoneOffset.UTC);
	}

	private static long number(@Nullable String text) {
		return (text != null && DIGITS.matcher(text.strip()).matches()) ? Long.parseLong(text.strip()) : -1;
	}

}
