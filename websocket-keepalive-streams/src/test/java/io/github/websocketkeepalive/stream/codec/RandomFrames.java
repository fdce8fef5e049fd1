package io.github.websocketkeepalive.stream.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.jspecify.annotations.Nullable;

/**
 * Frames as only a broken or a hostile peer would send them, next to good ones.
 */
final class RandomFrames {

	private static final List<String> types = List.of("open", "ack", "cancel", "ping", "session", "opened", "batch",
			"end", "error", "cancelled", "pong", "nonsense");

	private static final List<String> fields = List.of("type", "stream", "ref", "source", "request", "window", "from",
			"offset", "token", "epoch", "recovered", "missing", "items", "code", "message", "id", "unknown");

	private static final List<Object> values = new ArrayList<>(Arrays.asList(null, true, 0, -1, 1, 1.5, 1e3, 1e300,
			Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, BigInteger.TWO.pow(64), BigInteger.TWO.pow(200).negate(),
			new BigDecimal("1e-400"), "", "x", "NaN", "\u0000\n", "😀".repeat(100), "y".repeat(1000), List.of(),
			Map.of(), new byte[300], Map.of("epoch", "e", "offset", -7), Map.of("epoch", "e", "offset", 7)));

	private final Random random;

	RandomFrames(long seed) {
		this.random = new Random(seed);
	}

	/**
	 * Return a frame.
	 * @return a map, mostly
	 */
	@Nullable Object next() {
		if (this.random.nextInt(20) == 0) {
			return value(0);
		}
		Map<String, @Nullable Object> frame = new LinkedHashMap<>(Map.of("stream", "s", "source", "trades", "offset", 5,
				"epoch", "e", "recovered", true, "items", List.of(1), "code", "c", "message", "m", "id", "i"));
		frame.put("token", "t");
		frame.put("ref", "r");
		frame.put("type", pick(types));
		for (int i = this.random.nextInt(3); i > 0; i--) {
			frame.put(pick(fields), value(0));
		}
		for (int i = this.random.nextInt(3); i > 0; i--) {
			frame.remove(pick(fields));
		}
		return frame;
	}

	/**
	 * Return bytes that a frame became on a bad day.
	 * @param frame the bytes of a frame
	 * @return others
	 */
	byte[] mangle(byte[] frame) {
		byte[] bytes = Arrays.copyOf(frame, frame.length - this.random.nextInt(frame.length / 2 + 1));
		if (this.random.nextInt(10) == 0) {
			this.random.nextBytes(bytes);
		}
		for (int i = this.random.nextInt(4); i > 0 && bytes.length > 0; i--) {
			bytes[this.random.nextInt(bytes.length)] = (byte) this.random.nextInt();
		}
		return bytes;
	}

	boolean coin() {
		return this.random.nextBoolean();
	}

	private @Nullable Object value(int depth) {
		return switch (this.random.nextInt(6)) {
			case 0 -> this.random.nextLong();
			case 1 -> (depth < 80) ? Arrays.asList(value(depth + 1 + this.random.nextInt(2))) : null;
			case 2 -> (depth < 80) ? nested(depth) : null;
			default -> pick(values);
		};
	}

	private Map<String, @Nullable Object> nested(int depth) {
		Map<String, @Nullable Object> nested = new LinkedHashMap<>();
		for (int i = this.random.nextInt(3); i >= 0; i--) {
			nested.put(pick(fields), value(depth + 20));
		}
		return nested;
	}

	private <T extends @Nullable Object> T pick(List<T> list) {
		return list.get(this.random.nextInt(list.size()));
	}

}
