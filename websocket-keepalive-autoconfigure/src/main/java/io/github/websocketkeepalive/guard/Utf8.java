package io.github.websocketkeepalive.guard;

import io.netty.buffer.ByteBuf;

/**
 * Validates UTF-8 incrementally (RFC 3629 section 4). The state between two pieces is one
 * number: how many bytes a character still needs, and the range of the next one.
 */
final class Utf8 {

	/**
	 * The state at the start and after each whole character.
	 */
	static final int COMPLETE = 0;

	/**
	 * The state once there was a byte that no text has there.
	 */
	static final int INVALID = -1;

	private static final long HIGH_BITS = 0x8080808080808080L;

	private Utf8() {
	}

	/**
	 * Check some more bytes.
	 * @param state the state after the bytes before
	 * @param bytes the bytes, which are not consumed
	 * @param from the index of the first byte
	 * @param to the index after the last byte
	 * @return the state after these bytes
	 */
	static int check(int state, ByteBuf bytes, int from, int to) {
		int next = state;
		int i = from;
		while (i < to && next != INVALID) {
			if (next == COMPLETE && i + 8 <= to && (bytes.getLong(i) & HIGH_BITS) == 0) {
				i += 8;
			}
			else {
				next = step(next, bytes.getByte(i) & 0xFF);
				i++;
			}
		}
		return next;
	}

	private static int step(int state, int value) {
		if (state == COMPLETE) {
			return first(value);
		}
		int least = (state >> 8) & 0xFF;
		int most = state & 0xFF;
		if (value < least || value > most) {
			return INVALID;
		}
		return (state >> 16 == 1) ? COMPLETE : needs((state >> 16) - 1, 0x80, 0xBF);
	}

	private static int first(int value) {
		if (value < 0x80) {
			return COMPLETE;
		}
		if (value < 0xC2 || value > 0xF4) {
			return INVALID;
		}
		if (value < 0xE0) {
			return needs(1, 0x80, 0xBF);
		}
		return switch (value) {
			case 0xE0 -> needs(2, 0xA0, 0xBF);
			case 0xED -> needs(2, 0x80, 0x9F);
			case 0xF0 -> needs(3, 0x90, 0xBF);
			case 0xF4 -> needs(3, 0x80, 0x8F);
			default -> needs((value < 0xF0) ? 2 : 3, 0x80, 0xBF);
		};
	}

	private static int needs(int bytes, int least, int most) {
		return (bytes << 16) | (least << 8) | most;
	}

}
