package io.github.websocketkeepalive.autoconfigure.endpoint;

import java.util.Set;
import java.util.stream.Collectors;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.properties.HasModifiers;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.annotation.ReflectiveRuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.endpoint.WebSocketsEndpoint;

import static org.assertj.core.api.Assertions.assertThat;

class WebSocketsEndpointAutoConfigurationTests {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=websockets";

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withUserConfiguration(Application.class)
		.withInitializer((context) -> context.getEnvironment().setConversionService(new ApplicationConversionService()))
		.withPropertyValues(EXPOSED);

	@Test
	void providesTheEndpointWhenItIsExposed() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(WebSocketsEndpoint.class));
	}

	@Test
	void providesNothingInAServletApplicationUnlessItIsAClient() {
		WebApplicationContextRunner servlet = new WebApplicationContextRunner().withUserConfiguration(Application.class)
			.withPropertyValues(EXPOSED);
		servlet.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(WebSocketsEndpoint.class));
		servlet.withPropertyValues("websocket-keepalive.client.only=true")
			.run((context) -> assertThat(context).hasSingleBean(WebSocketsEndpoint.class));
	}

	@Test
	void providesTheEndpointOverJmxOnly() {
		new ApplicationContextRunner().withUserConfiguration(Application.class)
			.withPropertyValues("spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=websockets")
			.run((context) -> assertThat(context).hasSingleBean(WebSocketsEndpoint.class));
	}

	@Test
	void providesNothingUnlessTheEndpointIsExposed() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=health")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(WebSocketsEndpoint.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "management.endpoint.websockets.access=none", "management.endpoints.access.default=none",
			"websocket-keepalive.enabled=false" })
	void providesNothingWhenSwitchedOff(String property) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(WebSocketsEndpoint.class));
	}

	@Test
	void providesTheEndpointWhenItsAccessIsReadOnly() {
		this.runner.withPropertyValues("management.endpoint.websockets.access=read-only")
			.run((context) -> assertThat(context).hasSingleBean(WebSocketsEndpoint.class));
	}

	@ParameterizedTest
	@CsvSource({ "spring.main.banner-mode=off, READ", "management.endpoint.websockets.access=read-only, READ",
			"management.endpoint.websockets.access=unrestricted, 'READ,WRITE,DELETE'" })
	void onlyReadsUnlessItIsOpened(String property, String expected) {
		this.runner
			.withConfiguration(
					AutoConfigurations.of(EndpointAutoConfiguration.class, WebEndpointAutoConfiguration.class))
			.withPropertyValues(property)
			.run((context) -> {
				Set<String> operations = context.getBean(WebEndpointsSupplier.class)
					.getEndpoints()
					.stream()
					.flatMap((endpoint) -> endpoint.getOperations().stream())
					.map((operation) -> operation.getType().name())
					.collect(Collectors.toSet());
				assertThat(operations).containsExactlyInAnyOrder(expected.split(","));
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.boot.actuate", "org.springframework.boot.actuate.autoconfigure",
			"reactor.netty" })
	void providesNothingWithoutThePackage(String missing) {
		this.runner.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(WebSocketsEndpoint.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "io.micrometer", "org.springframework.boot.health", "org.springframework.web.reactive" })
	void doesNotNeedThePackage(String missing) {
		this.runner.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(WebSocketsEndpoint.class));
	}

	@Test
	void backsOffForAnEndpointOfTheApplication() {
		this.runner.withUserConfiguration(OwnEndpoint.class)
			.run((context) -> assertThat(context).hasSingleBean(WebSocketsEndpoint.class).hasBean("ownEndpoint"));
	}

	@Test
	void everyAnswerCanBeWrittenInANativeImage() {
		RuntimeHints hints = new RuntimeHints();
		new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(hints, WebSocketsEndpointAutoConfiguration.class);
		assertThat(new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
			.importPackages(WebSocketsEndpoint.class.getPackageName())
			.that(JavaClass.Predicates.assignableTo(Record.class))
			.that(HasModifiers.Predicates.modifier(JavaModifier.PUBLIC)))
			.hasSizeGreaterThanOrEqualTo(5)
			.allSatisfy((answer) -> assertThat(RuntimeHintsPredicates.reflection()
				.onType(TypeReference.of(answer.getName()))
				.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).accepts(hints));
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnEndpoint {

		@Bean
		WebSocketsEndpoint ownEndpoint(WebSocketConnections connections) {
			return new WebSocketsEndpoint(connections, null, null);
		}

	}

	/**
	 * Imports by name, as real applications do, so that a class that is missing is not
	 * loaded after all.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ WebSocketKeepaliveAutoConfiguration.class, WebSocketsEndpointAutoConfiguration.class })
	static class Application {

	}

}
