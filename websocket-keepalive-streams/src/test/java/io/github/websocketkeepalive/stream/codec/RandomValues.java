package io.github.websocketkeepalive.stream.codec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.jspecify.annotations.Nullable;

/**
 * Random values of the kinds that MessagePack has, of sizes around where forms change.
 */
final class RandomValues {

	private static final int[] sizes = { 0, 1, 15, 16, 31, 32, 64, 65, 255, 256, 65_535, 65_536 };

	private final Random random;

	RandomValues(long seed) {
		this.random = new Random(seed);
	}

	@Nullable Object next() {
		return next(0);
	}

	private @Nullable Object next(int depth) {
		return switch (this.random.nextInt((depth < 4) ? 10 : 7)) {
			case 0 -> null;
			case 1 -> this.random.nextBoolean();
			case 2 -> number();
			case 3 -> Double.longBitsToDouble(this.random.nextLong());
			case 4 -> this.random.nextFloat();
			case 5 -> text();
			case 6 -> bytes();
			case 7, 8 -> map(depth);
			default -> array(depth);
		};
	}

	private long number() {
		long power = 1L << this.random.nextInt(Long.SIZE);
		return (this.random.nextBoolean() ? power : -power) + this.random.nextInt(3) - 1;
	}

	private String text() {
		String characters = this.random.nextBoolean() ? "a"
				: new String[] { "é", "€", "😀", "\u0000" }[this.random.nextInt(4)];
		return "x".repeat(this.random.nextInt(3)) + characters.repeat(size());
	}

	private byte[] bytes() {
		byte[] bytes = new byte[size()];
		this.random.nextBytes(bytes);
		return bytes;
	}

	private Map<String, @Nullable Object> map(int depth) {
		Map<String, @Nullable Object> map = new LinkedHashMap<>();
		int size = entries(depth);
		for (int i = 0; i < size; i++) {
			map.put("key" + i, (size > 32) ? i : next(depth + 1));
		}
		return map;
	}

	private List<@Nullable Object> array(int depth) {
		List<@Nullable Object> array = new ArrayList<>();
		int size = entries(depth);
		for (int i = 0; i < size; i++) {
			array.add((size > 32) ? i : next(depth + 1));
		}
		return array;
	}

	private int size() {
		return sizes[this.random.nextInt((this.random.nextInt(50) == 0) ? sizes.length : sizes.length - 2)];
	}

	private int entries(int depth) {
		return (depth < 2) ? size() : this.random.nextInt(4);
	}

}
