package io.github.websocketkeepalive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.Dependency;
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
import org.junit.jupiter.api.TestInstance;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What holds for the code of a module as a whole.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ModuleArchitecture {

	static final String ROOT = "io.github.websocketkeepalive";

	private static final Path MAIN_SOURCES = Path.of("src", "main", "java");

	private static final Path TEST_SOURCES = Path.of("src", "test", "java");

	final JavaClasses classes;

	private final String root;

	/**
	 * Test a module.
	 * @param root the package that all its classes are below
	 */
	ModuleArchitecture(String root) {
		this.root = root;
		this.classes = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
			.importPackages(root);
	}

	@Test
	void packagesAreFreeOfCycles() {
		SlicesRuleDefinition.slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(this.classes);
	}

	@Test
	void packagesUseWhatTheLayeringSaysAndNoMore() throws IOException {
		Map<String, Set<String>> layering = Layering.read();
		layering.keySet().removeIf((name) -> !isIn(name, this.root));
		assertThat(uses()).containsExactlyInAnyOrderEntriesOf(layering);
	}

	@Test
	void theApiIsWhatThePageLists() throws IOException {
		Set<String> listed = Api.listed();
		listed.removeIf((name) -> !isIn(name, this.root));
		assertThat(this.classes.stream()
			.filter(Api::contains)
			.filter((type) -> !type.getPackageName().equals(ROOT) && !isOfAutoConfiguration(type))
			.filter((type) -> type.getEnclosingClass().isEmpty())
			.map((type) -> nameOf(type) + "." + type.getSimpleName())).containsExactlyInAnyOrderElementsOf(listed);
	}

	@Test
	void theApiShowsNothingThatIsInternal() {
		Map<String, List<String>> leaks = new TreeMap<>();
		this.classes.stream()
			.filter(Api::contains)
			.filter((type) -> !type.getPackageName().equals(ROOT) && !isOfAutoConfiguration(type))
			.forEach((type) -> Api.seenIn(type)
				.stream()
				.filter((seen) -> !Api.contains(seen))
				.forEach((seen) -> leaks.computeIfAbsent(type.getName(), (name) -> new ArrayList<>())
					.add(seen.getName())));
		assertThat(leaks).isEmpty();
	}

	private Map<String, Set<String>> uses() {
		Map<String, Set<String>> uses = new TreeMap<>();
		this.classes.stream()
			.filter((type) -> !type.getPackageName().equals(ROOT) && !isOfAutoConfiguration(type))
			.forEach((type) -> {
				Set<String> used = uses.computeIfAbsent(nameOf(type), (name) -> new TreeSet<>());
				type.getDirectDependenciesFromSelf()
					.stream()
					.map(Dependency::getTargetClass)
					.map(JavaClass::getBaseComponentType)
					.filter((target) -> target.getPackageName().startsWith(ROOT + "."))
					.map(ModuleArchitecture::nameOf)
					.filter((name) -> !name.equals(nameOf(type)))
					.forEach(used::add);
			});
		return uses;
	}

	private static boolean isOfAutoConfiguration(JavaClass type) {
		return List.of(nameOf(type).split("\\.")).contains("autoconfigure");
	}

	private static String nameOf(JavaClass type) {
		return type.getPackageName().substring(ROOT.length() + 1);
	}

	private static boolean isIn(String name, String root) {
		return root.equals(ROOT) ? !name.startsWith("stream") : name.startsWith("stream");
	}

	@Test
	void onlyWhatIsBuiltOnSpringBootSeesIt() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackages(in("server"), in("drain"), in("health"), in("endpoint"), "..autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework.boot..")
			.check(this.classes);
	}

	@Test
	void onlyMetricsAndAutoConfigurationSeeMeters() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackages("..metrics..", "..autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("io.micrometer.core..")
			.check(this.classes);
	}

	@Test
	void noFeatureSeesProperties() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackage("..autoconfigure..")
			.should()
			.dependOnClassesThat()
			.haveSimpleNameEndingWith("Properties")
			.check(this.classes);
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
			.check(this.classes);
	}

	@Test
	void beanMethodsAreNotPublic() {
		ArchRuleDefinition.methods().that().areAnnotatedWith(Bean.class).should().notBePublic().check(this.classes);
	}

	@Test
	void conditionsOnClassesAreOnClassesOnly() {
		ArchRuleDefinition.noMethods()
			.that()
			.areAnnotatedWith(Bean.class)
			.should()
			.beAnnotatedWith(ConditionalOnClass.class)
			.check(this.classes);
	}

	@Test
	void everyPackageIsNullMarked() {
		assertThat(packages()).isNotEmpty()
			.allSatisfy((javaPackage) -> assertThat(javaPackage.tryGetPackageInfo()).as(javaPackage.getName())
				.hasValueSatisfying(
						(packageInfo) -> assertThat(packageInfo.isAnnotatedWith(NullMarked.class)).isTrue()));
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

	private Stream<JavaPackage> packages() {
		return this.classes.stream().map(JavaClass::getPackage).distinct();
	}

	static String in(String name) {
		return ROOT + "." + name + "..";
	}

}
