package io.github.websocketkeepalive.abuse;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What 50 attackers can take from a server with little memory and from 50 bystanders:
 * each case has a budget of latency, memory and log, and everything is back soon after
 * they have left. Prints a table of all cases. The system property {@code abuse.only} is
 * a regular expression for the names of those to run, and {@code abuse.latency=false}
 * only prints latencies, for a machine that does other work too.
 */
@Tag("abuse")
class AbuseTests {

	private static final String ONLY = System.getProperty("abuse.only", ".*");

	private static final boolean LATENCY = !"false".equals(System.getProperty("abuse.latency"));

	@ParameterizedTest
	@EnumSource
	void whatOneClientCanTakeIsBounded(Transport transport) throws IOException, InterruptedException {
		List<Outcome> outcomes = new ArrayList<>();
		System.out.println(Outcome.HEADER);
		try (Arena arena = new Arena(transport)) {
			for (Abuse abuse : Stream.of(List.of(FrameAbuses.ordinary()), FrameAbuses.all(), StreamAbuses.all())
				.flatMap(List::stream)
				.filter((abuse) -> abuse.name().matches(ONLY))
				.toList()) {
				for (Wire wire : abuse.wires()) {
					Outcome outcome = arena.suffer(abuse, wire);
					System.out.println(outcome);
					outcomes.add(outcome);
				}
			}
		}
		List<Outcome> breaking = outcomes.stream().filter(AbuseTests::isBreaking).toList();
		assertThat(breaking).withFailMessage(() -> Outcome.table(breaking)).isEmpty();
	}

	private static boolean isBreaking(Outcome outcome) {
		return outcome.breaches().stream().anyMatch((breach) -> LATENCY || !breach.equals(Outcome.LATENCY));
	}

}
