package io.github.websocketkeepalive.autoconfigure.admission;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.DispatcherHandler;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.admission.AdmissionDecision;
import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.admission.AdmissionLimits;
import io.github.websocketkeepalive.admission.AdmissionListener;
import io.github.websocketkeepalive.admission.AdmissionPolicies;
import io.github.websocketkeepalive.admission.AdmissionPolicy;
import io.github.websocketkeepalive.admission.AdmissionRequest;
import io.github.websocketkeepalive.admission.OpenFiles;
import io.github.websocketkeepalive.admission.RefusalLogger;
import io.github.websocketkeepalive.admission.RetryPacing;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.listener.CallbackFailures;
import io.github.websocketkeepalive.test.Listening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

class WebSocketAdmissionAutoConfigurationTests {

	private static final AdmissionRequest REQUEST = new AdmissionRequest("/", "http://localhost", new HttpHeaders(),
			null, null);

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withUserConfiguration(Application.class);

	@Test
	void guardsAReactiveApplication() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(AdmissionGate.class)
			.hasSingleBean(AdmissionPolicies.class)
			.hasSingleBean(OpenFiles.class)
			.hasSingleBean(RefusalLogger.class));
	}

	@Test
	void limitsNothingUnlessToldTo() {
		this.runner.run((context) -> {
			AdmissionGate gate = context.getBean(AdmissionGate.class);
			assertThat(IntStream.range(0, 1000).mapToObj((i) -> gate.enter(() -> REQUEST).decision()))
				.containsOnly(AdmissionDecision.admit());
			assertThat(context.getBean(AdmissionPolicies.class).isEmpty()).isTrue();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "max-connections=1", "handshakes-per-second=1" })
	void limitsAsToldTo(String property) {
		this.runner.withPropertyValues("websocket-keepalive.admission." + property).run((context) -> {
			AdmissionGate gate = context.getBean(AdmissionGate.class);
			assertThat(gate.enter(() -> REQUEST).decision()).isEqualTo(AdmissionDecision.admit());
			assertThat(gate.enter(() -> REQUEST).decision()).isInstanceOf(AdmissionDecision.Rejected.class);
		});
	}

	@Test
	void everyListenerIsTold() {
		AdmissionListener first = mock(AdmissionListener.class);
		AdmissionListener second = mock(AdmissionListener.class);
		this.runner.withBean("first", AdmissionListener.class, () -> first)
			.withBean("second", AdmissionListener.class, () -> second)
			.run((context) -> {
				context.getBean(AdmissionGate.class).rejected("rate", null);
				verify(first).onRejected("rate", null);
				verify(second).onRejected("rate", null);
			});
	}

	@Test
	void everyPolicyIsAskedInOrder() {
		this.runner.withBean(Second.class, Second::new).withBean(First.class, First::new).run((context) -> {
			AdmissionPolicies policies = context.getBean(AdmissionPolicies.class);
			assertThat(policies.decide(REQUEST).block()).isEqualTo(AdmissionDecision.reject(403, "first"));
		});
	}

	@ParameterizedTest
	@MethodSource
	<T> void backsOff(Class<T> type, T own) {
		this.runner.withBean("own", type, () -> own)
			.run((context) -> assertThat(context).hasSingleBean(type).getBean(type).isSameAs(own));
	}

	static Stream<Object[]> backsOff() {
		RetryPacing pacing = new RetryPacing(Duration.ofSeconds(1), 0);
		OpenFiles openFiles = new OpenFiles();
		AdmissionLimits limits = new AdmissionLimits(null, null, null, null, Duration.ofSeconds(1), List.of(),
				List.of(), 1);
		return Stream.of(new Object[] { RetryPacing.class, pacing }, new Object[] { OpenFiles.class, openFiles },
				new Object[] { AdmissionGate.class,
						new AdmissionGate(limits, openFiles, pacing, Listening.by(AdmissionListener.class)) },
				new Object[] { AdmissionPolicies.class, new AdmissionPolicies(List.of(), new CallbackFailures()) },
				new Object[] { RefusalLogger.class, new RefusalLogger() });
	}

	@Test
	void isSwitchedOffWithTheStarter() {
		this.runner.withPropertyValues("websocket-keepalive.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(AdmissionGate.class)
				.doesNotHaveBean(AdmissionPolicies.class));
	}

	@Test
	void leavesAServletApplicationAlone() {
		new WebApplicationContextRunner().withUserConfiguration(Application.class)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(AdmissionGate.class));
	}

	@Test
	void leavesAnApplicationWithoutWebFluxAlone() {
		this.runner.withClassLoader(new FilteredClassLoader(DispatcherHandler.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(AdmissionGate.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "max-connections=0", "max-connections-per-address=-1", "handshakes-per-second=0",
			"handshake-burst=5", "retry-after=0s", "allowed-origins=example.org", "max-open-files-ratio=1.5" })
	void aWrongValueFailsTheStartWithItsKeyItsValueAndARemedy(String property) {
		String key = "websocket-keepalive.admission." + property.substring(0, property.indexOf('='));
		String value = property.substring(property.indexOf('=') + 1);
		this.runner.withPropertyValues("websocket-keepalive.admission." + property)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining(key)
				.hasMessageContaining(value)
				.hasMessageContaining("Use "));
	}

	@Order(1)
	private static final class First implements AdmissionPolicy {

		@Override
		public Mono<AdmissionDecision> decide(AdmissionRequest request) {
			return Mono.just(AdmissionDecision.reject(403, "first"));
		}

	}

	@Order(2)
	private static final class Second implements AdmissionPolicy {

		@Override
		public Mono<AdmissionDecision> decide(AdmissionRequest request) {
			return Mono.just(AdmissionDecision.reject(403, "second"));
		}

	}

	/**
	 * Imports by name, as real applications do, so that a class that is missing is not
	 * loaded after all.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ WebSocketKeepaliveAutoConfiguration.class, WebSocketAdmissionAutoConfiguration.class })
	static class Application {

	}

}
