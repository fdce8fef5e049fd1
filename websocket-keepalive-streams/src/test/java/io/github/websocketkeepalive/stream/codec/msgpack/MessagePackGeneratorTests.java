package io.github.websocketkeepalive.stream.codec.msgpack;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.exc.StreamWriteException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MessagePackGenerator}.
 */
class MessagePackGeneratorTests {

	@ParameterizedTest
	@CsvSource(textBlock = """
			12.50, cb4029000000000000
			0.1, cb3fb999999999999a
			0, cb0000000000000000
			1E+400, a631452b343030
			0.1234567890123456789, b5302e31323334353637383930313233343536373839
			""")
	void aDecimalNumberIsADoubleIfNothingIsLost(BigDecimal number, String hex) {
		assertThat(written((generator) -> generator.writeNumber(number))).isEqualTo(hex);
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			5, 05
			18446744073709551615, cfffffffffffffffff
			9223372036854775808, cf8000000000000000
			-9223372036854775808, d38000000000000000
			18446744073709551616, b43138343436373434303733373039353531363136
			""")
	void aNumberBeyond64BitsIsAText(BigInteger number, String hex) {
		assertThat(written((generator) -> generator.writeNumber(number))).isEqualTo(hex);
	}

	@Test
	void aNumberWithoutAValueIsNull() {
		assertThat(written((generator) -> {
			generator.writeNumber((BigDecimal) null);
			generator.writeNumber((BigInteger) null);
			generator.writeString((String) null);
		})).isEqualTo("c0c0c0");
	}

	@Test
	void rawJsonIsRefused() {
		List<Consumer<JsonGenerator>> writes = List.of((generator) -> generator.writeRaw("{}"),
				(generator) -> generator.writeRawValue("{}"),
				(generator) -> generator.writeRawUTF8String(new byte[1], 0, 1));
		assertThat(writes).allSatisfy(
				(write) -> assertThatExceptionOfType(StreamWriteException.class).isThrownBy(() -> written(write))
					.withMessageContaining("Raw JSON cannot be written as MessagePack"));
	}

	@Test
	void tokensThatDoNotFollowOneAnotherAreRefused() {
		List<Consumer<JsonGenerator>> writes = List.of((generator) -> generator.writeName("a"),
				JsonGenerator::writeEndObject, JsonGenerator::writeEndArray,
				(generator) -> generator.writeStartObject().writeNumber(1),
				(generator) -> generator.writeStartObject().writeName("a").writeName("b"));
		assertThat(writes).allSatisfy(
				(write) -> assertThatExceptionOfType(StreamWriteException.class).isThrownBy(() -> written(write)));
	}

	@Test
	void aValueThatIsNotCompleteIsNotAppended() {
		assertThat(written((generator) -> {
			generator.writeNumber(1);
			generator.flush();
			generator.writeStartArray();
			generator.writeNumber(2);
			generator.flush();
		})).isEqualTo("01");
	}

	private static String written(Consumer<JsonGenerator> tokens) {
		ByteBuf message = Unpooled.buffer();
		try (JsonGenerator generator = new MessagePackGenerator(ObjectWriteContext.empty(), message)) {
			tokens.accept(generator);
		}
		return ByteBufUtil.hexDump(message);
	}

}
