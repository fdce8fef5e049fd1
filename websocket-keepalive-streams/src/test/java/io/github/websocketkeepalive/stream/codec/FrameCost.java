package io.github.websocketkeepalive.stream.codec;

import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.Unpooled;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.peer.PeerText;
import io.github.websocketkeepalive.stream.protocol.ClientFrame;
import io.github.websocketkeepalive.stream.protocol.FrameException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What it costs to read a frame of a client, whatever it holds. A recipe of a few bytes
 * makes a frame of up to a megabyte, as a few compressed bytes do on the wire: which
 * format, how often the middle is repeated, and the three parts of the frame.
 */
final class FrameCost {

	private static final int LARGEST_MESSAGE = 1024 * 1024;

	/**
	 * The objects of a parser and of an exception.
	 */
	private static final long FIXED_ALLOCATION = 1024 * 1024;

	private static final long ALLOCATION_FOR_EACH_BYTE = 64;

	/**
	 * A hundred times what a megabyte takes, so that only what is not linear exceeds it.
	 */
	private static final Duration CPU = Duration.ofSeconds(5);

	private static final int DEEPEST = 1000;

	private static final int LONGEST_NUMBER = 4000;

	private static final int RECIPE = 4;

	private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private final List<StreamCodec> codecs = List.of("json", "cbor", "msgpack")
		.stream()
		.map((format) -> new StreamCodecs(JsonMapper.shared()).find("resumable.v1." + format))
		.toList();

	/**
	 * Read the frame of a recipe within the budget.
	 * @param recipe the recipe
	 */
	void check(byte[] recipe) {
		if (recipe.length < RECIPE) {
			return;
		}
		StreamCodec codec = this.codecs.get(Byte.toUnsignedInt(recipe[0]) % this.codecs.size());
		byte[] frame = expand(recipe);
		Cost cost = read(codec, frame);
		if (!cost.isWithin(frame.length)) {
			// The first time may load classes, and a fuzzer instruments them on this
			// thread.
			cost = read(codec, frame);
		}
		assertThat(cost.isWithin(frame.length)).as("%s for %d bytes", cost, frame.length).isTrue();
	}

	private Cost read(StreamCodec codec, byte[] frame) {
		long allocated = this.thread.getThreadAllocatedBytes(Thread.currentThread().getId());
		long cpu = this.thread.getCurrentThreadCpuTime();
		try {
			if (codec.decodeClient(Unpooled.wrappedBuffer(frame)) instanceof ClientFrame.Open open) {
				check(open.request(), 0);
			}
		}
		catch (FrameException ex) {
			assertThat(ex.getMessage()).isNotBlank().hasSizeLessThanOrEqualTo(PeerText.MAX_LENGTH);
		}
		return new Cost(Duration.ofNanos(this.thread.getCurrentThreadCpuTime() - cpu),
				this.thread.getThreadAllocatedBytes(Thread.currentThread().getId()) - allocated);
	}

	private static byte[] expand(byte[] recipe) {
		int parts = recipe.length - RECIPE;
		int head = Math.min(Byte.toUnsignedInt(recipe[2]), parts);
		int middle = Math.min(Byte.toUnsignedInt(recipe[3]), parts - head);
		byte[] repeated = Arrays.copyOfRange(recipe, RECIPE + head, RECIPE + head + middle);
		int times = 1 << (recipe[1] & 31);
		ByteArrayOutputStream frame = new ByteArrayOutputStream();
		frame.write(recipe, RECIPE, head);
		for (int i = 0; i < times && middle > 0 && frame.size() + recipe.length < LARGEST_MESSAGE; i++) {
			frame.writeBytes(repeated);
		}
		frame.write(recipe, RECIPE + head + middle, parts - head - middle);
		return frame.toByteArray();
	}

	/**
	 * Nothing reaches a source that makes it compute without end, or overflow its stack.
	 */
	private static void check(Object value, int depth) {
		assertThat(depth).isLessThan(DEEPEST);
		if (value instanceof Map<?, ?> map) {
			map.values().forEach((element) -> check(element, depth + 1));
		}
		else if (value instanceof Collection<?> list) {
			list.forEach((element) -> check(element, depth + 1));
		}
		else if (value instanceof BigDecimal number) {
			assertThat(Math.abs((long) number.scale())).isLessThan(LONGEST_NUMBER);
			assertThat(number.unscaledValue().bitLength()).isLessThan(LONGEST_NUMBER);
		}
		else if (value instanceof BigInteger number) {
			assertThat(number.bitLength()).isLessThan(LONGEST_NUMBER);
		}
		else if (value instanceof Number number) {
			assertThat(number.doubleValue()).isFinite();
		}
	}

	private record Cost(Duration cpu, long allocated) {

		boolean isWithin(int bytes) {
			return this.cpu.compareTo(CPU) < 0 && this.allocated < FIXED_ALLOCATION + ALLOCATION_FOR_EACH_BYTE * bytes;
		}

	}

}
