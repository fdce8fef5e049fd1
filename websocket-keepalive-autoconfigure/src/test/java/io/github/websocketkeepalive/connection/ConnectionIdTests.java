package io.github.websocketkeepalive.connection;

import java.util.HashSet;
import java.util.Set;

import io.netty.channel.DefaultChannelId;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnectionId}.
 */
class ConnectionIdTests {

	@Test
	void hasTwelveCharactersThatNobodyMistakesForOthers() {
		for (int i = 0; i < 1000; i++) {
			assertThat(ConnectionId.of(sessionId())).matches("[0-9a-hjkmnp-tv-z]{12}");
		}
	}

	@Test
	void staysTheSameInEveryProcessAndVersion() {
		assertThat(ConnectionId.of("")).isEqualTo("xz81yr5tk4mj");
		assertThat(ConnectionId.of("0242acfffe110002-00000001-00000000-9a1d0d1c0d7c6e21-7f3a2b1c"))
			.isEqualTo("be90a4s26n2q");
	}

	@Test
	void differsForAMillionSessionsOfOneProcess() {
		Set<String> ids = new HashSet<>();
		for (int i = 0; i < 1_000_000; i++) {
			ids.add(ConnectionId.of(sessionId()));
		}
		assertThat(ids.size()).isEqualTo(1_000_000);
	}

	@Test
	void differsInEveryPlaceForSessionsThatDifferInTheLast() {
		for (int place = 0; place < 12; place++) {
			Set<Character> characters = new HashSet<>();
			for (int i = 0; i < 1000; i++) {
				characters.add(ConnectionId.of("0242acfffe110002-00000001-00000000-" + i).charAt(place));
			}
			assertThat(characters).hasSize(32);
		}
	}

	private static String sessionId() {
		return DefaultChannelId.newInstance().asLongText();
	}

}
