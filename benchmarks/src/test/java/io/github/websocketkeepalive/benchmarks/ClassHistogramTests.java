package io.github.websocketkeepalive.benchmarks;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.benchmarks.ClassHistogram.Occupancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ClassHistogramTests {

	@Test
	void readsTheOutputOfJcmd() {
		ClassHistogram histogram = histogram("   1:            10            240  [B (java.base@17.0.12)",
				"   2:             3             72  example.Thing");
		assertThat(histogram.classes()).containsEntry("[B", new Occupancy(10, 240))
			.containsEntry("example.Thing", new Occupancy(3, 72))
			.hasSize(2);
		assertThat(histogram.bytes()).isEqualTo(312);
	}

	@Test
	void countsLambdasForTheirClass() {
		ClassHistogram histogram = histogram("1: 2 32 a.B$$Lambda$961/0x00007fa48846a168", "2: 1 16 a.B$$Lambda/0x0fa");
		assertThat(histogram.classes()).containsOnlyKeys("a.B").containsEntry("a.B", new Occupancy(3, 48));
	}

	@Test
	void refusesWhatIsNotAHistogram() {
		assertThatIllegalArgumentException().isThrownBy(() -> ClassHistogram.parse(List.of("no such process")));
	}

	@Test
	void subtractsClassesThatOnlyOneSideHas() {
		ClassHistogram difference = histogram("1: 5 100 a").minus(histogram("1: 2 64 b"));
		assertThat(difference.classes()).containsEntry("a", new Occupancy(5, 100))
			.containsEntry("b", new Occupancy(-2, -64));
	}

	@Test
	void theMedianIsTheMiddleOneByBytes() {
		ClassHistogram middle = histogram("1: 1 20 a");
		assertThat(ClassHistogram.medianOf(List.of(histogram("1: 1 90 a"), middle, histogram("1: 1 10 a"))))
			.isEqualTo(middle);
	}

	private static ClassHistogram histogram(String... lines) {
		List<String> output = new ArrayList<>(List.of("4711:", " num     #instances  #bytes  class name"));
		output.addAll(List.of(lines));
		output.add("Total            13            312");
		return ClassHistogram.parse(output);
	}

}
