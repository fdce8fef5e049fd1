package io.github.websocketkeepalive.peer;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

import com.code_intelligence.jazzer.junit.FuzzTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever a peer sends as text: what is shown of it is short, stands in one line, and
 * has nothing that a terminal obeys or that hides other characters.
 */
class PeerTextFuzzTests {

	private static final List<Charset> charsets = List.of(StandardCharsets.ISO_8859_1, StandardCharsets.UTF_8);

	// A decoder would replace halves of surrogate pairs.
	@FuzzTest
	void noTextEscapes(byte[] bytes) {
		charsets.forEach((charset) -> show(new String(bytes, charset)));
		StringBuilder units = new StringBuilder();
		for (int i = 0; i + 1 < bytes.length; i += 2) {
			units.append((char) (bytes[i] << 8 | bytes[i + 1] & 0xff));
		}
		show(units.toString());
	}

	private static void show(String text) {
		String shown = PeerText.of(text);
		assertThat(shown.length()).isLessThanOrEqualTo(PeerText.MAX_LENGTH);
		assertThat(shown.codePoints().noneMatch(PeerTextFuzzTests::isUnsafe)).isTrue();
		assertThat(PeerText.of(shown)).isEqualTo(shown);
		if (text.length() <= PeerText.MAX_LENGTH && text.codePoints().noneMatch(PeerTextFuzzTests::isUnsafe)) {
			assertThat(shown).isEqualTo(text);
		}
	}

	private static boolean isUnsafe(int codePoint) {
		return Character.isISOControl(codePoint) || switch (Character.getType(codePoint)) {
			case Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE,
					Character.PRIVATE_USE, Character.UNASSIGNED ->
				true;
			default -> false;
		};
	}

}
