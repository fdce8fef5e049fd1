package io.github.websocketkeepalive.stream.protocol;

import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * An item that is JSON already, and is encoded once in each other format for all who
 * follow a topic. Thread-safe.
 */
public final class EncodedItem {

	private final byte[] json;

	private volatile @Nullable Encoding encodings;

	/**
	 * Create an item.
	 * @param json the JSON text in UTF-8, which must not be changed
	 */
	public EncodedItem(byte[] json) {
		this.json = json;
	}

	/**
	 * Return the item in JSON.
	 * @return the JSON text in UTF-8, which must not be changed
	 */
	public byte[] json() {
		return this.json;
	}

	/**
	 * Return the item in another format. It is encoded when the format is first asked
	 * for, and its bytes are kept as long as the item.
	 * @param encoder makes the bytes of the JSON text; every format has one encoder of
	 * its own, by whose identity it is found
	 * @return the bytes, which must not be changed
	 * @throws RuntimeException if the encoder throws it
	 */
	public byte[] encodedBy(UnaryOperator<byte[]> encoder) {
		Encoding latest = this.encodings;
		for (Encoding encoding = latest; encoding != null; encoding = encoding.next) {
			if (encoding.encoder == encoder) {
				return encoding.bytes;
			}
		}
		byte[] bytes = encoder.apply(this.json);
		// If another thread does the same, one of the two is lost and made again.
		this.encodings = new Encoding(encoder, bytes, latest);
		return bytes;
	}

	private record Encoding(UnaryOperator<byte[]> encoder, byte[] bytes, @Nullable Encoding next) {
	}

}
