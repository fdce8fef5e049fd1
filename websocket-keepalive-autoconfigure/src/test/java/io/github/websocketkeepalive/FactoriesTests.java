package io.github.websocketkeepalive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.CanBeAnnotated;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What Spring Boot finds of ours without being told.
 */
class FactoriesTests {

	private static final Path META_INF = Path.of("src", "main", "resources", "META-INF");

	/**
	 * Return the package that all classes of the module are below.
	 */
	String root() {
		return "io.github.websocketkeepalive";
	}

	@Test
	void exactlyTheAutoConfigurationsAreImported() throws IOException {
		Path imports = META_INF.resolve("spring").resolve(AutoConfiguration.class.getName() + ".imports");
		assertThat(Files.readAllLines(imports)).isSorted()
			.containsExactlyInAnyOrderElementsOf(
					classes(CanBeAnnotated.Predicates.annotatedWith(AutoConfiguration.class)));
	}

	@Test
	void exactlyTheFailureAnalyzersAreListed() throws IOException {
		assertThat(listed("spring.factories", FailureAnalyzer.class)).isSorted()
			.containsExactlyInAnyOrderElementsOf(implementations(FailureAnalyzer.class));
	}

	@Test
	void exactlyTheRegistrarsOfHintsAreListed() throws IOException {
		assertThat(listed("spring/aot.factories", RuntimeHintsRegistrar.class)).isSorted()
			.containsExactlyInAnyOrderElementsOf(implementations(RuntimeHintsRegistrar.class));
	}

	private static List<String> listed(String file, Class<?> type) throws IOException {
		String names = PropertiesLoaderUtils.loadProperties(new FileSystemResource(META_INF.resolve(file)))
			.getProperty(type.getName());
		return List.of(StringUtils.commaDelimitedListToStringArray(names));
	}

	private List<String> implementations(Class<?> type) {
		return classes(JavaClass.Predicates.assignableTo(type));
	}

	private List<String> classes(DescribedPredicate<? super JavaClass> predicate) {
		return new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
			.importPackages(root())
			.that(predicate)
			.stream()
			.map(JavaClass::getName)
			.toList();
	}

}
