package io.github.websocketkeepalive.stream.topic.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.stream.ByteBufferRecord;
import org.springframework.data.redis.connection.stream.RecordId;

import io.github.websocketkeepalive.stream.StreamPosition;

/**
 * A message as Redis keeps it.
 *
 * @param position its place
 * @param json the message
 * @param micros when it was appended, by the clock of Redis, in microseconds
 * @param name names it among all messages, by its writer, batch and index
 */
record TopicEntry(StreamPosition position, byte[] json, long micros, String name) {

	private static final ByteBuffer JSON = StandardCharsets.UTF_8.encode("d").asReadOnlyBuffer();

	private static final ByteBuffer MICROS = StandardCharsets.UTF_8.encode("t").asReadOnlyBuffer();

	private static final ByteBuffer NAME = StandardCharsets.UTF_8.encode("m").asReadOnlyBuffer();

	/**
	 * Read an entry.
	 * @param entry the entry
	 * @return the message, or {@code null} if the entry is none of ours
	 */
	static @Nullable TopicEntry of(ByteBufferRecord entry) {
		Map<ByteBuffer, ByteBuffer> fields = entry.getValue();
		StreamPosition position = position(entry.getId());
		ByteBuffer json = fields.get(JSON);
		ByteBuffer micros = fields.get(MICROS);
		ByteBuffer name = fields.get(NAME);
		if (position == null || json == null || micros == null || name == null) {
			return null;
		}
		try {
			return new TopicEntry(position, bytes(json), Long.parseLong(text(micros)), text(name));
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

	// Redis takes identifiers of two unsigned numbers of 64 bits, of which ours have 53.
	private static @Nullable StreamPosition position(RecordId id) {
		String[] parts = id.getValue().split("-", 2);
		try {
			return new StreamPosition(Long.toString(Long.parseLong(parts[0])), Long.parseLong(parts[1]));
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

	private static byte[] bytes(ByteBuffer value) {
		ByteBuffer content = value.duplicate();
		byte[] bytes = new byte[content.remaining()];
		content.get(bytes);
		return bytes;
	}

	private static String text(ByteBuffer value) {
		return new String(bytes(value), StandardCharsets.UTF_8);
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
