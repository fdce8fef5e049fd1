package io.github.websocketkeepalive.benchmarks;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What lives on a heap, class by class.
 *
 * @param classes the instances and bytes of each class
 */
record ClassHistogram(Map<String, Occupancy> classes) {

	private static final Pattern LINE = Pattern
		.compile("\\s*\\d+:\\s+(\\d+)\\s+(\\d+)\\s+(\\S+?)(?:\\$\\$Lambda.*)?(?:\\s.*)?");

	/**
	 * Read the output of {@code jcmd <pid> GC.class_histogram}. Lambdas, whose names
	 * differ from one run to the next, are counted for the class that has them.
	 * @param lines the lines of the output
	 * @return the histogram
	 */
	static ClassHistogram parse(List<String> lines) {
		Map<String, Occupancy> classes = new HashMap<>();
		for (String line : lines) {
			Matcher matcher = LINE.matcher(line);
			if (matcher.matches()) {
				Occupancy occupancy = new Occupancy(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
				classes.merge(matcher.group(3), occupancy, Occupancy::plus);
			}
		}
		if (classes.isEmpty()) {
			throw new IllegalArgumentException("Not a class histogram: " + lines);
		}
		return new ClassHistogram(classes);
	}

	static ClassHistogram medianOf(List<ClassHistogram> histograms) {
		return histograms.stream()
			.sorted(Comparator.comparingLong(ClassHistogram::bytes))
			.skip(histograms.size() / 2)
			.findFirst()
			.orElseThrow();
	}

	long bytes() {
		return this.classes.values().stream().mapToLong(Occupancy::bytes).sum();
	}

	ClassHistogram minus(ClassHistogram other) {
		Set<String> names = new TreeSet<>(this.classes.keySet());
		names.addAll(other.classes.keySet());
		Map<String, Occupancy> difference = new HashMap<>();
		names.forEach((name) -> difference.put(name, of(name).minus(other.of(name))));
		return new ClassHistogram(difference);
	}

	private Occupancy of(String name) {
		return this.classes.getOrDefault(name, Occupancy.NONE);
	}

	/**
	 * What the objects of one class take.
	 *
	 * @param instances how many there are
	 * @param bytes how large they are together, without what they refer to
	 */
	record Occupancy(long instances, long bytes) {

		private static final Occupancy NONE = new Occupancy(0, 0);

		Occupancy plus(Occupancy other) {
			return new Occupancy(this.instances + other.instances, this.bytes + other.bytes);
		}

		Occupancy minus(Occupancy other) {
			return new Occupancy(this.instances - other.instances, this.bytes - other.bytes);
		}

	}

}
