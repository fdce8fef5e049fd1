package io.github.websocketkeepalive.stream.codec;

import io.netty.buffer.ByteBufUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.TokenBuffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MessagePackReader}.
 */
class MessagePackReaderTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			82a161ffa16281a163c0     | {"a":-1,"b":{"c":null}}
			df00000001d90161dd00000001c3 | {"a":[true]}
			cfffffffffffffffff       | 18446744073709551615
			93cc80d080cd0080         | [128,-128,128]
			92d600010203ff05         | ["AQID/w==",5]
			c70301010203             | "AQID"
			""")
	void everyFormIsRead(String hex, String json) {
		assertThat(JsonMapper.shared().readTree(read(hex).asParser()).toString()).isEqualTo(json);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			c1           | there is no type 0xc1
			81           | it ends too early
			a261         | it ends too early
			ddffffffff   | it ends too early
			dfffffffff00 | it ends too early
			c6ffffffff00 | it ends too early
			dbffffffff00 | it ends too early
			c9ffffffff00 | it ends too early
			c67fffffff00 | it ends too early
			db7fffffff00 | it ends too early
			c97fffffff00 | it ends too early
			cf00         | it ends too early
			810102       | the keys of a map must be texts
			a1ff         | a text is not UTF-8
			9191919190   | the nesting depth exceeds 4
			""")
	void whatMakesNoSenseIsRefused(String hex, String message) {
		assertThatExceptionOfType(StreamReadException.class).isThrownBy(() -> read(hex))
			.satisfies((failure) -> assertThat(failure.getOriginalMessage()).isEqualTo(message));
	}

	@Test
	void moreValuesThanThereMayBeAreRefused() {
		assertThat(read("dc03e7" + "c0".repeat(999))).isNotNull();
		assertThatExceptionOfType(StreamReadException.class).isThrownBy(() -> read("dc03e8" + "c0".repeat(1000)))
			.satisfies((failure) -> assertThat(failure.getOriginalMessage())
				.isEqualTo("there are more than 1000 values and names"));
	}

	private static TokenBuffer read(String hex) {
		TokenBuffer tokens = new TokenBuffer(ObjectWriteContext.empty(), false);
		new MessagePackReader(ByteBufUtil.decodeHexDump(hex), tokens, 4, 1000).read();
		return tokens;
	}

}
