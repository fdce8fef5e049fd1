package io.github.websocketkeepalive.integration;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs an application without the starter, with it, and with it switched off, and
 * compares what can be seen of the three.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class UnchangedApplicationTests {

	/** What SIGTERM makes of a process. */
	private static final int TERMINATED = 128 + 15;

	private final Map<Starter, ApplicationProcess> processes = new EnumMap<>(Starter.class);

	private final Map<Starter, Seen> seen = new EnumMap<>(Starter.class);

	private final Class<?> application;

	/**
	 * Create tests of an application.
	 * @param application its main class
	 */
	protected UnchangedApplicationTests(Class<?> application) {
		this.application = application;
	}

	/**
	 * Return settings that are not known before the test runs.
	 */
	protected List<String> settings() {
		return List.of();
	}

	protected abstract List<Answer> ask(Peer peer) throws IOException;

	/**
	 * Return the essence of the answers without the starter.
	 */
	protected abstract List<String> expected();

	/**
	 * Return the essence of an answer of an application that has the starter, where it is
	 * documented to be another one.
	 * @param essence the essence without the starter
	 */
	protected String documented(String essence) {
		return essence;
	}

	/**
	 * Return the beginning of each warning that the starter is documented to log here.
	 */
	protected List<String> expectedWarnings() {
		return List.of();
	}

	@BeforeAll
	void seeTheApplications() throws Exception {
		for (Starter starter : Starter.values()) {
			Path log = Path.of("target", starter + ".log");
			this.processes.put(starter, ApplicationProcess.start(starter.command(this.application, settings()), log));
		}
		Map<Starter, List<Answer>> answers = new EnumMap<>(Starter.class);
		for (Map.Entry<Starter, ApplicationProcess> process : this.processes.entrySet()) {
			answers.put(process.getKey(), ask(new Peer(process.getValue().port(), Map.of())));
		}
		this.processes.values().forEach(ApplicationProcess::terminate);
		for (Map.Entry<Starter, ApplicationProcess> process : this.processes.entrySet()) {
			this.seen.put(process.getKey(), Seen.of(answers.getOrDefault(process.getKey(), List.of()),
					process.getValue().output(), process.getValue().exitCode()));
		}
	}

	@AfterAll
	void endProcesses() {
		this.processes.values().forEach(ApplicationProcess::close);
	}

	@Test
	void theApplicationAnswersAsExpectedWithoutTheStarter() {
		assertThat(seen(Starter.ABSENT).answers()).extracting(Answer::essence).containsExactlyElementsOf(expected());
		assertThat(seen(Starter.ABSENT).exitCode()).isEqualTo(TERMINATED);
		assertThat(seen(Starter.ABSENT).beans()).isNotEmpty();
	}

	@Test
	void theyDifferByTheStarter() {
		assertThat(seen(Starter.ABSENT).hasTheStarter()).isFalse();
		assertThat(seen(Starter.DEFAULTS).hasTheStarter()).isTrue();
	}

	@Test
	void itAnswersAsWithoutTheStarter() {
		assertThat(seen(Starter.DEFAULTS).answers()).containsExactlyElementsOf(seen(Starter.ABSENT).answers()
			.stream()
			.map((answer) -> new Answer(documented(answer.essence()), answer.details()))
			.toList());
	}

	@Test
	void itAnswersAsWithoutTheStarterWhenThatIsSwitchedOff() {
		assertThat(seen(Starter.SWITCHED_OFF).answers()).containsExactlyElementsOf(seen(Starter.ABSENT).answers());
	}

	@ParameterizedTest
	@EnumSource(names = { "DEFAULTS", "SWITCHED_OFF" })
	void itsBeansAreThoseWithoutTheStarter(Starter starter) {
		assertThat(seen(starter).beans()).containsExactlyElementsOf(seen(Starter.ABSENT).beans());
	}

	@ParameterizedTest
	@EnumSource(names = { "DEFAULTS", "SWITCHED_OFF" })
	void itWarnsAsWithoutTheStarter(Starter starter) {
		assertThat(seen(starter).warnings()).containsExactlyElementsOf(seen(Starter.ABSENT).warnings());
	}

	@Test
	void theStarterWarnsOnlyOfWhatIsDocumented() {
		assertThat(seen(Starter.DEFAULTS).warningsOfTheStarter()).zipSatisfy(expectedWarnings(),
				(line, beginning) -> assertThat(line).contains(beginning));
		assertThat(seen(Starter.SWITCHED_OFF).warningsOfTheStarter()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(names = { "DEFAULTS", "SWITCHED_OFF" })
	void itsProcessEndsAsWithoutTheStarter(Starter starter) {
		assertThat(seen(starter).exitCode()).isEqualTo(seen(Starter.ABSENT).exitCode());
	}

	private Seen seen(Starter starter) {
		return Objects.requireNonNull(this.seen.get(starter));
	}

}
