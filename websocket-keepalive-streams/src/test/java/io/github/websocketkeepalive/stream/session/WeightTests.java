package io.github.websocketkeepalive.stream.session;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.stream.StreamPosition;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How much heap a value takes was measured once, by what many copies of it leave after a
 * collection: on HotSpot of JDK 17, with references of four bytes.
 */
class WeightTests {

	private static final BigInteger LARGE = new BigInteger("9".repeat(1000));

	@ParameterizedTest(name = "{0}")
	@MethodSource("aValueWeighsWhatItTakesAndNotMoreThanTwiceAsMuch")
	void aValueIsWrittenInAtMostThreeTimesItsWeight(String shape, Object value) {
		assertThat((long) JsonMapper.shared().writeValueAsBytes(value).length)
			.isLessThanOrEqualTo(3 * Weight.of(value));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void aValueWeighsWhatItTakesAndNotMoreThanTwiceAsMuch(String shape, Object value, long heap) {
		assertThat(Weight.of(value)).isBetween(heap, 2 * heap);
	}

	static Stream<Arguments> aValueWeighsWhatItTakesAndNotMoreThanTwiceAsMuch() {
		return Stream.of(Arguments.of("60 integers of 1,000 digits", list(60, (i) -> LARGE), 28_660),
				Arguments.of("60 decimals of 1,000 digits", list(60, (i) -> new BigDecimal(LARGE, 500)), 31_060),
				Arguments.of("100 integers of 20 digits", list(100, (i) -> new BigInteger("9".repeat(20))), 7_680),
				Arguments.of("100 decimals of three digits", list(100, (i) -> new BigDecimal("1.55")), 4_480),
				Arguments.of("100 numbers of eight bytes", list(100, (i) -> i + 0.5), 2_880),
				Arguments.of("900 texts of one letter", list(900, (i) -> "x"), 48_180),
				Arguments.of("a text of 30,000 letters", "x".repeat(30_000), 30_040),
				Arguments.of("a text of 30,000 Greek letters", "α".repeat(30_000), 60_040),
				Arguments.of("a text of 30,000 characters that JSON escapes", "\u0001".repeat(30_000), 30_040),
				Arguments.of("1,000 bytes", new byte[1000], 1_016), Arguments.of("an empty list", List.of(), 24),
				Arguments.of("900 empty lists", list(900, (i) -> List.of()), 26_580),
				Arguments.of("450 lists of one", list(450, (i) -> List.of(1)), 38_240),
				Arguments.of("lists that are 60 deep", deep(60, List::of), 4_830),
				Arguments.of("900 empty maps", list(900, (i) -> Map.of()), 55_380),
				Arguments.of("400 maps of one", list(400, (i) -> Map.of("a", 1)), 91_840),
				Arguments.of("maps that are 60 deep", deep(60, (inner) -> Map.of("a", inner)), 13_500),
				Arguments.of("a map of three texts", map(3, (i) -> "name" + i, (i) -> "value" + i), 550),
				Arguments.of("a map of 900", map(900, (i) -> "k" + i, (i) -> i), 87_470),
				Arguments.of("a map of 500 names with one hash", map(500, WeightTests::colliding, (i) -> i), 64_170),
				Arguments.of("900 times nothing", list(900, (i) -> null), 4_980));
	}

	@Test
	void aSessionWeighsWhatTheNamesInItTakeAndNotMoreThanTwiceAsMuch() {
		assertThat(Weight.of(session(100, 128))).isBetween(75_720L, 2 * 75_720L);
		assertThat(Weight.of(session(100, 1))).isBetween(27_720L, 2 * 27_720L);
	}

	@Test
	void everyNameOfASessionIsCounted() {
		StreamPosition start = new StreamPosition("", 0);
		long bare = Weight.of(session("", open("", "", "", start)));
		String name = "n".repeat(100);
		assertThat(List.of(session(name, open("", "", "", start)), session("", open(name, "", "", start)),
				session("", open("", name, "", start)), session("", open("", "", name, start)),
				session("", open("", "", "", new StreamPosition(name, 0)))))
			.allSatisfy((session) -> assertThat(Weight.of(session)).isEqualTo(bare + 200));
		assertThat(Weight.of(session("", open("", null, "", null)))).isLessThan(bare);
	}

	private static StreamSession session(int streams, int length) {
		String name = "n".repeat(length);
		return session("0123456789ab",
				IntStream.range(0, streams)
					.mapToObj((i) -> open(name, name, name, new StreamPosition(name, i)))
					.toArray(StreamSession.OpenStream[]::new));
	}

	private static StreamSession session(String id, StreamSession.OpenStream... streams) {
		return new StreamSession(id, Map.of(), List.of(streams));
	}

	private static StreamSession.OpenStream open(String stream, String ref, String source, StreamPosition position) {
		return new StreamSession.OpenStream(stream, ref, source, Map.of(), 8, position);
	}

	private static List<Object> list(int size, IntFunction<Object> element) {
		return IntStream.range(0, size).mapToObj(element).collect(Collectors.toCollection(ArrayList::new));
	}

	private static Map<String, Object> map(int size, IntFunction<String> name, IntFunction<Object> value) {
		Map<String, Object> map = new LinkedHashMap<>();
		IntStream.range(0, size).forEach((i) -> map.put(name.apply(i), value.apply(i)));
		return map;
	}

	private static Object deep(int depth, UnaryOperator<Object> around) {
		return Stream.iterate(around.apply(1), around).skip(depth).findFirst().orElseThrow();
	}

	private static String colliding(int number) {
		return IntStream.range(0, 10)
			.mapToObj((bit) -> ((number >> bit & 1) == 0) ? "Aa" : "BB")
			.collect(Collectors.joining());
	}

}
