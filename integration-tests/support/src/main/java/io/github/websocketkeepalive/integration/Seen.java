package io.github.websocketkeepalive.integration;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What was seen of an application from its start to its end.
 *
 * @param answers what it has answered
 * @param output what it has written, without what differs from one run to the next
 * @param exitCode how its process has ended
 */
record Seen(List<Answer> answers, List<String> output, int exitCode) {

	private static final Pattern VARIABLE = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4,12}){4}|[0-9a-f]{6,}|[0-9]+");

	/** Says which conditions have matched, and does nothing itself. */
	private static final Pattern CONFIGURATION = Pattern.compile("bean: (\\S+) = class \\1");

	private static final String STARTER = "io.github.websocketkeepalive.";

	private static final String WATCHDOG = STARTER + "eventloop.EventLoopWatchdog:";

	static Seen of(List<Answer> answers, List<String> output, int exitCode) {
		return new Seen(answers, output.stream().map((line) -> VARIABLE.matcher(line).replaceAll("#")).toList(),
				exitCode);
	}

	/**
	 * Return its beans, and those of everything that it uses but the starter.
	 */
	List<String> beans() {
		return lines("bean: ").filter(Predicate.not(Seen::isOfTheStarter))
			.filter((line) -> !CONFIGURATION.matcher(line).matches())
			.toList();
	}

	/**
	 * Return what it has logged at WARN and above, but for the starter's lines.
	 */
	List<String> warnings() {
		return allWarnings().filter(Predicate.not(Seen::isOfTheStarter)).toList();
	}

	/**
	 * Return what the starter has logged at WARN and above, but for blocked event loops:
	 * a busy machine blocks them.
	 */
	List<String> warningsOfTheStarter() {
		return allWarnings().filter(Seen::isOfTheStarter).filter((line) -> !line.contains(WATCHDOG)).toList();
	}

	boolean hasTheStarter() {
		return lines("bean: ").anyMatch(Seen::isOfTheStarter);
	}

	private Stream<String> allWarnings() {
		return Stream.concat(lines("WARN "), lines("ERROR "));
	}

	private Stream<String> lines(String prefix) {
		return this.output.stream().filter((line) -> line.startsWith(prefix)).sorted();
	}

	private static boolean isOfTheStarter(String line) {
		return line.contains(STARTER);
	}

}
