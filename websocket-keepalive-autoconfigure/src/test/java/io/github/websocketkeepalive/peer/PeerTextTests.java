package io.github.websocketkeepalive.peer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PeerTextTests {

	@ParameterizedTest
	@ValueSource(strings = { "", "/prices/7", "grüße, 世界 \uD83D\uDE00", "C:\\temp", "2001:db8::1" })
	void textWithoutSpecialCharactersStaysAsItIs(String text) {
		assertThat(PeerText.of(text)).isSameAs(text);
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			000d, \\u000d
			000a, \\u000a
			001b, \\u001b
			007f, \\u007f
			009b, \\u009b
			200b, \\u200b
			202e, \\u202e
			2028, \\u2028
			2029, \\u2029
			d800, \\ud800
			e000, \\ue000
			feff, \\ufeff
			""")
	void aCharacterThatATerminalObeysOrThatHidesOthersIsWrittenAsItsNumber(String character, String shown) {
		String text = "a" + (char) Integer.parseInt(character, 16) + "b";
		assertThat(PeerText.of(text)).isEqualTo("a" + shown + "b");
	}

	@Test
	void aFormatCharacterBeyondTheFirstPlaneIsWrittenAsItsTwoNumbers() {
		assertThat(PeerText.of(Character.toString(0xE0001))).isEqualTo("\\udb40\\udc01");
	}

	@Test
	void aTextOfTheGreatestLengthStaysAsItIs() {
		String text = "x".repeat(PeerText.MAX_LENGTH);
		assertThat(PeerText.of(text)).isSameAs(text);
	}

	@Test
	void aLongerTextEndsWithAnEllipsis() {
		assertThat(PeerText.of("x".repeat(6000))).isEqualTo("x".repeat(PeerText.MAX_LENGTH - 1) + "\u2026");
	}

	@Test
	void aTextThatIsTooLongOnceItIsEscapedIsCutBetweenTwoCharacters() {
		String shown = PeerText.of("\n".repeat(43));
		assertThat(shown).isEqualTo("\\u000a".repeat(42) + "\u2026");
	}

	@Test
	void aTextThatWasMadeSafeStaysAsItIs() {
		String shown = PeerText.of("\r\nERROR \u202e".repeat(100));
		assertThat(PeerText.of(shown)).isSameAs(shown);
	}

}
