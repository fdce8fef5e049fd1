package io.github.websocketkeepalive.stream.session;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ResumeTokenTests {

	@Test
	void aTokenHas128BitsThatAreSafeInUrls() {
		assertThat(ResumeToken.create().text()).matches("[A-Za-z0-9_-]{22}");
	}

	@Test
	void noTwoTokensAreTheSame() {
		assertThat(ResumeToken.create().text()).isNotEqualTo(ResumeToken.create().text());
	}

	@Test
	void theKeyIsThatOfTheTextThatWasSent() {
		ResumeToken token = ResumeToken.create();
		ResumeToken sent = ResumeToken.parse(token.text());
		assertThat(sent).isNotNull();
		assertThat(sent.key("alice")).isEqualTo(token.key("alice")).matches("[0-9a-f]{64}");
	}

	@Test
	void theKeyTellsUsersApart() {
		ResumeToken token = ResumeToken.create();
		assertThat(token.key("alice")).isNotEqualTo(token.key("bob")).isNotEqualTo(token.key(null));
		assertThat(token.key("")).isNotEqualTo(token.key(null));
	}

	@Test
	void theSecretIsNotLogged() {
		ResumeToken token = ResumeToken.create();
		assertThat(token.toString()).doesNotContain(token.text());
		assertThat(token.key(null)).doesNotContain(token.text());
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "abc", "!!!!!!!!!!!!!!!!!!!!!!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "\u0000", "ä" })
	void nonsenseIsNoToken(String text) {
		assertThat(ResumeToken.parse(text)).isNull();
	}

}
