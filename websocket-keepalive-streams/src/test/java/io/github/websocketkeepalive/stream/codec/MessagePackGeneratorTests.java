package io.github.websocketkeepalive.stream.codec;

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
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.exc.StreamConstraintsException;
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
		assertThatExceptionOfType(StreamWriteException.class)
			.isThrownBy(() -> written((generator) -> generator.writeRawValue("{}")))
			.withMessageContaining("Raw JSON cannot be written as MessagePack");
		List<Consumer<JsonGenerator>> writes = List.of((generator) -> generator.writeRaw("{}"),
				(generator) -> generator.writeRawUTF8String(new byte[1], 0, 1));
		assertThat(writes).allSatisfy((write) -> assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> written(write)));
	}

	@Test
	void tokensThatDoNotFollowOneAnotherAreRefused() {
		List<Consumer<JsonGenerator>> writes = List.of((generator) -> generator.writeName("a"),
				JsonGenerator::writeEndObject, JsonGenerator::writeEndArray,
				(generator) -> generator.writeStartObject().writeNumber(1).writeEndObject(),
				(generator) -> generator.writeStartObject().writeName("a").writeEndObject(),
				(generator) -> generator.writeStartArray().writeEndObject(),
				(generator) -> generator.writeStartArray().writeName("a").writeEndArray(),
				(generator) -> generator.writeStartObject().writeName("a").writeName("b").writeEndObject());
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

	@Test
	void theLengthOfCompleteValuesIsKnownBeforeTheyAreAppended() {
		ByteBuf message = Unpooled.buffer();
		try (JsonGenerator generator = new MessagePackGenerator(ObjectWriteContext.empty(), message)) {
			generator.writeString("x".repeat(5000));
			assertThat(generator.streamWriteOutputBuffered()).isEqualTo(5003);
			generator.writeStartArray().writeNumber(1).writeEndArray();
			assertThat(generator.streamWriteOutputBuffered()).isEqualTo(5005);
			assertThat(message.readableBytes()).isZero();
			generator.flush();
			assertThat(generator.streamWriteOutputBuffered()).isZero();
			assertThat(message.readableBytes()).isEqualTo(5005);
		}
	}

	@Test
	void aValueThatCannotBeWrittenLeavesTheValuesBeforeItAsTheyAre() {
		ByteBuf message = Unpooled.buffer();
		JsonGenerator generator = new MessagePackGenerator(ObjectWriteContext.empty(), message);
		generator.writeNumber(1);
		assertThat(generator.streamWriteOutputBuffered()).isOne();
		generator.writeStartArray().writeRawValue("{}").writeEndArray();
		assertThatExceptionOfType(StreamWriteException.class).isThrownBy(generator::streamWriteOutputBuffered);
		generator.writeNumber(2);
		generator.close();
		assertThat(ByteBufUtil.hexDump(message)).isEqualTo("0102");
	}

	@Test
	void aValueThatIsNestedDeeperThanJsonMayBeIsRefused() {
		assertThatExceptionOfType(StreamConstraintsException.class).isThrownBy(() -> written((generator) -> {
			for (int i = 0; i < 1001; i++) {
				generator.writeStartArray();
			}
			for (int i = 0; i < 1001; i++) {
				generator.writeEndArray();
			}
		})).withMessageContaining("nesting depth");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 600 })
	void halfOfASurrogatePairBecomesAQuestionMarkHoweverLongTheTextIs(int length) {
		assertThat(written((generator) -> generator.writeString("\uD83D".repeat(length))))
			.endsWith("3f".repeat(length));
	}

	private static String written(Consumer<JsonGenerator> tokens) {
		ByteBuf message = Unpooled.buffer();
		try (JsonGenerator generator = new MessagePackGenerator(ObjectWriteContext.empty(), message)) {
			tokens.accept(generator);
		}
		return ByteBufUtil.hexDump(message);
	}

}
