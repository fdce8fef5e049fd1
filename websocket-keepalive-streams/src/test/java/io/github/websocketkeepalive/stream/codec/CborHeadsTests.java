package io.github.websocketkeepalive.stream.codec;

import java.util.Arrays;
import java.util.HexFormat;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.exc.StreamReadException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link CborHeads}.
 */
class CborHeadsTests {

	@ParameterizedTest
	@ValueSource(strings = { "d9d9f7c24101", "c1c1c1c101", "82c101c101", "a1c161610b", "5f41c141c1ff", "7f61c1ff",
			"47c1c1c1c1c1c1c1", "5807c1c1c1c1c1c1c1", "67c1c1c1c1c1c1c1", "fac1c1c1c1", "1bc1c1c1c1c1c1c1c1", "" })
	void fewTagsAndBytesThatOnlyLookLikeTagsAreLetThrough(String hex) {
		assertThatNoException().isThrownBy(() -> check(HexFormat.of().parseHex(hex)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "c1c1c1c1c101", "82c1c1c1c1c10101", "9fd818d818d818d818d81801ff", "a1c1c1c1c1c1616101",
			"c1d80fd9000fda0000000fdb000000000000000f01", "c1c1c1c1c1" })
	void moreThanFourTagsBeforeAValueAreRefused(String hex) {
		assertThatExceptionOfType(StreamReadException.class).isThrownBy(() -> check(HexFormat.of().parseHex(hex)))
			.satisfies((failure) -> assertThat(failure.getOriginalMessage())
				.isEqualTo("there are more than 4 tags before a value"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "5bffffffffffffffff", "5affffffff00", "58", "1b00", "fc", "9f", "ff", "5f" })
	void whatMakesNoSenseIsLeftToTheParser(String hex) {
		assertThatNoException().isThrownBy(() -> check(HexFormat.of().parseHex(hex)));
	}

	@Test
	void aMillionTagsAreRefusedAtTheFifth() {
		byte[] tags = new byte[1_000_000];
		Arrays.fill(tags, (byte) 0xC1);
		assertThatExceptionOfType(StreamReadException.class).isThrownBy(() -> check(tags));
	}

	private static void check(byte[] message) {
		new CborHeads(Unpooled.wrappedBuffer(message)).check();
	}

}
