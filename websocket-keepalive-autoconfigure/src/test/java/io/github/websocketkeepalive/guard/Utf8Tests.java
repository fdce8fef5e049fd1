package io.github.websocketkeepalive.guard;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.SplittableRandom;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Utf8}.
 */
class Utf8Tests {

	@ParameterizedTest
	@ValueSource(strings = { "", "a", "exactly8", "κόσμε", "日本語", "😀", "ends with four bytes 😀", "\u0000", "\uFFFF" })
	void textIsComplete(String text) {
		assertThat(check(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(Utf8.COMPLETE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "80", "BF", "C080", "C1BF", "E08080", "EDA080", "F08080", "F4908080", "F580", "FF", "C328",
			"E228A1", "F0288CBC", "61616161616161C3C3" })
	void whatIsNoTextIsInvalid(String hex) {
		assertThat(check(HexFormat.of().parseHex(hex))).isEqualTo(Utf8.INVALID);
	}

	@ParameterizedTest
	@ValueSource(strings = { "C3", "E2", "E282", "F0", "F09F", "F09F98" })
	void aCharacterThatIsCutOffIsNeitherCompleteNorInvalid(String hex) {
		assertThat(check(HexFormat.of().parseHex(hex))).isNotIn(Utf8.COMPLETE, Utf8.INVALID);
	}

	@Test
	void agreesWithTheJdkHoweverTheTextIsCut() {
		SplittableRandom random = new SplittableRandom(5);
		for (int i = 0; i < 200_000; i++) {
			byte[] bytes = bytes(random);
			ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
			int cut = random.nextInt(bytes.length + 1);
			int state = Utf8.check(Utf8.COMPLETE, buffer, 0, cut);
			state = Utf8.check(state, buffer, cut, bytes.length);
			assertThat(state == Utf8.COMPLETE).as(HexFormat.of().formatHex(bytes)).isEqualTo(isText(bytes));
		}
	}

	// Mostly text with a byte or two replaced: what is only random is hardly ever text.
	private static byte[] bytes(SplittableRandom random) {
		StringBuilder text = new StringBuilder();
		for (int i = random.nextInt(6); i >= 0; i--) {
			int bits = 7 + random.nextInt(14);
			int point = random.nextInt(1 << bits) % 0x110000;
			text.appendCodePoint((point >= 0xD800 && point < 0xE000) ? 'a' : point);
		}
		byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
		if (random.nextBoolean()) {
			bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
		}
		return bytes;
	}

	private static boolean isText(byte[] bytes) {
		try {
			StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
			return true;
		}
		catch (CharacterCodingException ex) {
			return false;
		}
	}

	private static int check(byte[] bytes) {
		return Utf8.check(Utf8.COMPLETE, Unpooled.wrappedBuffer(bytes), 0, bytes.length);
	}

}
