package io.github.websocketkeepalive.peer;

/**
 * Text that a peer chose, as it may stand in a log, a meter or an endpoint: in one line,
 * without characters that a terminal obeys or that hide others, and not longer than
 * {@value #MAX_LENGTH} characters. Every path, close reason, header, subprotocol, name
 * and address passes here.
 */
public final class PeerText {

	/**
	 * Maximum number of characters of a text.
	 */
	public static final int MAX_LENGTH = 256;

	private static final char ELLIPSIS = '\u2026';

	private PeerText() {
	}

	/**
	 * Return a text in a form that is safe to show. Control, format, separator, private
	 * and unassigned characters and lone surrogates are written as they are in Java
	 * source, and what is too long ends with an ellipsis. A text that is safe already
	 * stays as it is.
	 * @param text the text as the peer sent it
	 * @return the text to show, of at most {@value #MAX_LENGTH} characters
	 */
	public static String of(CharSequence text) {
		int length = text.length();
		if (length <= MAX_LENGTH && isSafe(text, length)) {
			return text.toString();
		}
		StringBuilder shown = new StringBuilder(MAX_LENGTH);
		int at = 0;
		while (at < length) {
			int codePoint = Character.codePointAt(text, at);
			int before = shown.length();
			append(shown, codePoint);
			at += Character.charCount(codePoint);
			if (shown.length() > MAX_LENGTH || shown.length() == MAX_LENGTH && at < length) {
				shown.setLength(Math.min(before, MAX_LENGTH - 1));
				return shown.append(ELLIPSIS).toString();
			}
		}
		return shown.toString();
	}

	private static boolean isSafe(CharSequence text, int length) {
		for (int at = 0; at < length; at++) {
			char character = text.charAt(at);
			if (character < ' ' || character > '~') {
				return isSafeBeyondAscii(text, at, length);
			}
		}
		return true;
	}

	private static boolean isSafeBeyondAscii(CharSequence text, int from, int length) {
		int at = from;
		while (at < length) {
			int codePoint = Character.codePointAt(text, at);
			if (!isSafe(codePoint)) {
				return false;
			}
			at += Character.charCount(codePoint);
		}
		return true;
	}

	private static boolean isSafe(int codePoint) {
		return switch (Character.getType(codePoint)) {
			case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
					Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED ->
				false;
			default -> true;
		};
	}

	private static void append(StringBuilder shown, int codePoint) {
		if (isSafe(codePoint)) {
			shown.appendCodePoint(codePoint);
			return;
		}
		for (char unit : Character.toChars(codePoint)) {
			shown.append("\\u").append("%04x".formatted((int) unit));
		}
	}

}
