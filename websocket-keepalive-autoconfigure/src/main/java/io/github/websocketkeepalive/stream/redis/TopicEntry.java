package io.github.websocketkeepalive.stream.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

import org.springframework.data.redis.connection.stream.ByteBufferRecord;

import io.github.websocketkeepalive.stream.StreamPosition;

/**
 * A message as Redis keeps it.
 *
 * @param position its place
 * @param json the message
 * @param micros when it was appended, by the clock of Redis, in microseconds
 * @param id names it among those of the instance that appended it
 */
record TopicEntry(StreamPosition position, byte[] json, long micros, String id) {

	private static final ByteBuffer JSON = StandardCharsets.UTF_8.encode("d").asReadOnlyBuffer();

	private static final ByteBuffer MICROS = StandardCharsets.UTF_8.encode("t").asReadOnlyBuffer();

	private static final ByteBuffer ID = StandardCharsets.UTF_8.encode("m").asReadOnlyBuffer();

	static TopicEntry of(ByteBufferRecord entry) {
		Map<ByteBuffer, ByteBuffer> fields = entry.getValue();
		long epoch = Objects.requireNonNull(entry.getId().getTimestamp());
		long offset = Objects.requireNonNull(entry.getId().getSequence());
		return new TopicEntry(new StreamPosition(Long.toString(epoch), offset), bytes(fields, JSON),
				Long.parseLong(text(fields, MICROS)), text(fields, ID));
	}

	private static byte[] bytes(Map<ByteBuffer, ByteBuffer> fields, ByteBuffer name) {
		ByteBuffer value = Objects.requireNonNull(fields.get(name)).duplicate();
		byte[] bytes = new byte[value.remaining()];
		value.get(bytes);
		return bytes;
	}

	private static String text(Map<ByteBuffer, ByteBuffer> fields, ByteBuffer name) {
		return new String(bytes(fields, name), StandardCharsets.UTF_8);
	}

	// The identifier after which Redis has the message of a position, and those behind
	// it.
	static String idBefore(StreamPosition position) {
		if (position.epoch().isEmpty()) {
			return "0-0";
		}
		return (position.offset() > 0) ? position.epoch() + "-" + (position.offset() - 1)
				: (Long.parseLong(position.epoch()) - 1) + "-" + Long.toUnsignedString(-1);
	}

}
