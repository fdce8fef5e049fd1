package io.github.websocketkeepalive.stream.codec;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StreamCodecs}.
 */
class StreamCodecsTests {

	private final StreamCodecs codecs = new StreamCodecs(JsonMapper.shared());

	@Test
	void aCodecIsFoundByItsSubprotocol() {
		assertThat(this.codecs.subprotocols()).isNotEmpty()
			.allSatisfy(
					(subprotocol) -> assertThat(this.codecs.find(subprotocol).subprotocol()).isEqualTo(subprotocol));
	}

	@Test
	void onlyJsonIsText() {
		assertThat(this.codecs.subprotocols()).filteredOn((subprotocol) -> !this.codecs.find(subprotocol).binary())
			.containsExactly("resumable.v1.json");
	}

	@Test
	void withoutASubprotocolItIsJson() {
		assertThat(this.codecs.find(null).subprotocol()).isEqualTo("resumable.v1.json");
		assertThat(this.codecs.find("graphql").subprotocol()).isEqualTo("resumable.v1.json");
	}

}
