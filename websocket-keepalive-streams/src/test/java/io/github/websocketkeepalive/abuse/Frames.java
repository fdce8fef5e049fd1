package io.github.websocketkeepalive.abuse;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;

import io.github.websocketkeepalive.test.RawClient;

/**
 * Writes frames of attackers by hand. Messages are compressed where the wire says so.
 */
final class Frames {

	private static final int FIN = 0x80;

	private static final int COMPRESSED = 0x40;

	/**
	 * So many bytes end each compressed message, and are left out (RFC 7692 section
	 * 7.2.1).
	 */
	private static final int TAIL = 4;

	private final boolean deflate;

	Frames(Wire wire) {
		this.deflate = wire.isDeflate();
	}

	boolean isDeflate() {
		return this.deflate;
	}

	byte[] text(String text) {
		return message(RawClient.TEXT, text.getBytes(StandardCharsets.UTF_8));
	}

	byte[] message(int opcode, byte[] payload) {
		return this.deflate ? RawClient.frame(FIN | COMPRESSED | opcode, true, compress(payload))
				: RawClient.frame(true, opcode, payload);
	}

	private static byte[] compress(byte[] payload) {
		Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
		deflater.setInput(payload);
		byte[] output = new byte[payload.length + 64];
		int length = deflater.deflate(output, 0, output.length, Deflater.SYNC_FLUSH);
		deflater.end();
		return Arrays.copyOf(output, length - TAIL);
	}

	static byte[] close(int code, String reason) {
		byte[] text = reason.getBytes(StandardCharsets.UTF_8);
		return RawClient.frame(true, RawClient.CLOSE,
				ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text).array());
	}

	static byte[] concat(byte[]... parts) {
		ByteArrayOutputStream whole = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			whole.writeBytes(part);
		}
		return whole.toByteArray();
	}

	static byte[] repeat(byte[] part, int times) {
		byte[] whole = new byte[part.length * times];
		for (int i = 0; i < times; i++) {
			System.arraycopy(part, 0, whole, i * part.length, part.length);
		}
		return whole;
	}

}
