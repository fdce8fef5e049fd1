package io.github.websocketkeepalive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What holds for the code as a whole.
 */
class ArchitectureTests {

	private static final String ROOT = "io.github.websocketkeepalive";

	private static final Path MAIN_SOURCES = Path.of("src", "main", "java");

	private static final Path TEST_SOURCES = Path.of("src", "test", "java");

	/**
	 * Packages at the bottom, which every other one may see.
	 */
	private static final List<String> FOUNDATION = List.of("peer", "listener", "task", "text");

	private static final int MAX_LINES_IN_A_SOURCE = 400;

	private static final JavaClasses classes = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages(ROOT);

	@Test
	void packagesAreFreeOfCycles() {
		SlicesRuleDefinition.slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(classes);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					peer       |
					listener   |
					task       |
					text       |
					liveness   |
					connection | liveness
					eventloop  | liveness
					transport  | liveness connection
					guard      | connection
					browser    |
					probe      | connection transport
					logging    | connection liveness
					heartbeat.foreign | connection
					heartbeat.close | connection transport
					heartbeat  | liveness connection eventloop transport guard browser logging heartbeat.foreign heartbeat.close
					mapping    |
					admission.limit |
					admission  | liveness connection admission.limit
					drain      | connection admission
					server.admission | admission
					server     | liveness connection eventloop transport heartbeat probe logging mapping admission server.admission
					client     | liveness connection eventloop transport heartbeat logging client.handshake client.reconnect
					client.reconnect | connection
					client.handshake | connection client.reconnect
					client.shared    | client client.handshake client.reconnect
					stream     |
					stream.frame   | stream
					stream.codec.msgpack |
					stream.codec.format | stream.codec.msgpack
					stream.codec   | stream stream.frame stream.codec.format
					stream.flow    | stream stream.frame stream.codec
					stream.session | stream
					stream.store   | stream stream.frame
					stream.redis   | stream stream.session stream.store
					stream.webflux | connection stream stream.frame stream.codec stream.flow stream.session stream.webflux.input stream.webflux.output
					stream.webflux.input | stream
					stream.webflux.output |
					stream.client  | connection client client.handshake client.reconnect stream stream.frame stream.codec
					metrics    | liveness connection eventloop client probe admission drain stream.frame stream.webflux stream.store
					health     | liveness connection eventloop drain admission admission.limit stream.store
					endpoint   | liveness connection drain probe admission
					""")
	void aPackageSeesOnlyPackagesBelowIt(String name, String allowed) {
		String[] visible = Stream
			.of(Stream.of(name), FOUNDATION.stream(),
					Stream.ofNullable(allowed).flatMap(Pattern.compile(" ")::splitAsStream))
			.flatMap((names) -> names)
			.map((visibleName) -> ROOT + "." + visibleName)
			.toArray(String[]::new);
		ArchRuleDefinition.classes()
			.that()
			.resideInAPackage(ROOT + "." + name)
			.should()
			.onlyDependOnClassesThat(DescribedPredicate.not(JavaClass.Predicates.resideInAPackage(ROOT + ".."))
				.or(JavaClass.Predicates.resideInAnyPackage(visible)))
			.check(classes);
	}

	@Test
	void everyPackageHasItsPlaceInTheLayering() {
		Set<String> layers = packages()
			.map((javaPackage) -> javaPackage.getName().substring(ROOT.length() + 1).split("\\.")[0])
			.collect(Collectors.toSet());
		assertThat(layers).containsExactlyInAnyOrder("peer", "listener", "task", "text", "liveness", "connection",
				"eventloop", "transport", "guard", "heartbeat", "admission", "probe", "browser", "drain", "logging",
				"mapping", "server", "client", "stream", "metrics", "health", "endpoint", "autoconfigure");
	}

	@Test
	void theCoreIsPureJava() {
		ArchRuleDefinition.classes()
			.that()
			.resideInAPackage(ROOT + ".liveness")
			.should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage("java..", "org.jspecify.annotations", ROOT + ".liveness")
			.check(classes);
	}

	@Test
	void onlyWhatIsBuiltOnSpringBootSeesIt() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackages(in("server"), in("drain"), in("health"), in("endpoint"), in("autoconfigure"))
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework.boot..")
			.check(classes);
	}

	@Test
	void onlyMetricsAndAutoConfigurationSeeMeters() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackages(in("metrics"), in("autoconfigure"))
			.should()
			.dependOnClassesThat()
			.resideInAPackage("io.micrometer.core..")
			.check(classes);
	}

	@Test
	void noFeatureSeesProperties() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackage(in("autoconfigure"))
			.should()
			.dependOnClassesThat()
			.haveSimpleNameEndingWith("Properties")
			.check(classes);
	}

	@Test
	void autoConfigurationsArePublicAndFinal() {
		ArchRuleDefinition.classes()
			.that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePublic()
			.andShould()
			.haveModifier(JavaModifier.FINAL)
			.andShould()
			.haveSimpleNameEndingWith("AutoConfiguration")
			.check(classes);
	}

	@Test
	void beanMethodsAreNotPublic() {
		ArchRuleDefinition.methods().that().areAnnotatedWith(Bean.class).should().notBePublic().check(classes);
	}

	@Test
	void conditionsOnClassesAreOnClassesOnly() {
		ArchRuleDefinition.noMethods()
			.that()
			.areAnnotatedWith(Bean.class)
			.should()
			.beAnnotatedWith(ConditionalOnClass.class)
			.check(classes);
	}

	@Test
	void heartbeatsStayOnTheirEventLoop() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAnyPackage(in("heartbeat"), in("eventloop"), in("transport"))
			.should()
			.dependOnClassesThat()
			.areAssignableTo(Schedulers.class)
			.check(classes);
	}

	@Test
	void everyPackageIsNullMarked() {
		assertThat(packages()).isNotEmpty()
			.allSatisfy((javaPackage) -> assertThat(javaPackage.tryGetPackageInfo()).as(javaPackage.getName())
				.hasValueSatisfying(
						(packageInfo) -> assertThat(packageInfo.isAnnotatedWith(NullMarked.class)).isTrue()));
	}

	@Test
	void sourcesAreShort() throws IOException {
		assertThat(sources(MAIN_SOURCES)).isNotEmpty()
			.filteredOn((source) -> !nameOf(source).endsWith("Properties"))
			.allSatisfy((source) -> assertThat(Files.readAllLines(source)).as(source.toString())
				.hasSizeLessThanOrEqualTo(MAX_LINES_IN_A_SOURCE));
	}

	/**
	 * Suites about the application as a whole stand in the root package and in
	 * {@code abuse}, {@code contract}, {@code documented}, {@code fault} and
	 * {@code unchanged}, the checker of histories in {@code history}, and those about one
	 * class beside it. Fixtures are tested as any class is.
	 */
	@Test
	void testsAreNamedAfterTheClassTheyTest() throws IOException {
		Set<String> suites = Set.of("abuse", "contract", "documented", "fault", "history", "unchanged");
		Path root = TEST_SOURCES.resolve(ROOT.replace('.', '/'));
		assertThat(sources(TEST_SOURCES)).filteredOn((source) -> nameOf(source).endsWith("Tests"))
			.filteredOn((source) -> !source.getParent().equals(root))
			.filteredOn((source) -> !suites.contains(source.getParent().getFileName().toString()))
			.isNotEmpty()
			.allSatisfy((source) -> assertThat(testedBy(source)).as(source.toString()).anyMatch(Files::exists));
	}

	private static List<Path> testedBy(Path test) {
		Path tested = TEST_SOURCES.relativize(test)
			.resolveSibling(nameOf(test).replaceAll("(Model|Web|Fuzz)?Tests$", "") + ".java");
		return List.of(MAIN_SOURCES.resolve(tested), TEST_SOURCES.resolve(tested));
	}

	private static List<Path> sources(Path directory) throws IOException {
		try (Stream<Path> files = Files.walk(directory)) {
			return files.filter((file) -> file.toString().endsWith(".java")).toList();
		}
	}

	private static String nameOf(Path source) {
		return source.getFileName().toString().replace(".java", "");
	}

	private static Stream<JavaPackage> packages() {
		return classes.stream().map(JavaClass::getPackage).distinct();
	}

	private static String in(String name) {
		return ROOT + "." + name + "..";
	}

}
