package io.github.websocketkeepalive.autoconfigure.drain;

import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.http.HttpHeaders;
import org.springframework.test.util.ReflectionTestUtils;

import io.github.websocketkeepalive.admission.AdmissionDecision;
import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.admission.AdmissionRequest;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.admission.WebSocketAdmissionAutoConfiguration;
import io.github.websocketkeepalive.drain.Drain;
import io.github.websocketkeepalive.drain.DrainLifecycle;
import io.github.websocketkeepalive.drain.ReturnDelays;
import io.github.websocketkeepalive.drain.TrafficSwitch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

class WebSocketDrainAutoConfigurationTests {

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withUserConfiguration(Application.class);

	@Test
	void drainsAReactiveApplication() {
		this.runner
			.run((context) -> assertThat(context).hasSingleBean(Drain.class).hasSingleBean(DrainLifecycle.class));
	}

	@Test
	void drainsBeforeTheServerShutsDownAndIsNotPaused() {
		this.runner.run((context) -> {
			DrainLifecycle lifecycle = context.getBean(DrainLifecycle.class);
			assertThat(lifecycle.getPhase()).isGreaterThan(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE);
			assertThat(lifecycle.isPauseable()).isFalse();
			assertThat(lifecycle.isRunning()).isTrue();
		});
	}

	@Test
	void setsTheLimitOfItsOwnPhaseAndNoOther() {
		this.runner
			.withPropertyValues("websocket-keepalive.drain.grace=40s", "websocket-keepalive.drain.window=60s",
					"spring.lifecycle.timeout-per-shutdown-phase=7s")
			.run((context) -> {
				DefaultLifecycleProcessor processor = context.getBean(DefaultLifecycleProcessor.class);
				assertThat(limitOf(processor, DrainLifecycle.PHASE)).isEqualTo(103_000L);
				assertThat(limitOf(processor, WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE)).isEqualTo(7_000L);
			});
	}

	@Test
	void delaysAreUniformOverASecond() {
		this.runner.run((context) -> {
			ReturnDelays delays = context.getBean(ReturnDelays.class);
			double mean = LongStream.generate(() -> delays.nextMillis(1000)).limit(10_000).average().orElseThrow();
			assertThat(mean).isBetween(475.0, 525.0);
			assertThat(LongStream.generate(() -> delays.nextMillis(1000)).limit(10_000))
				.allMatch((delay) -> delay >= 0 && delay <= 1000);
		});
	}

	@Test
	void delaysFollowTheRateThatIsAdmittedWhereItIsLowerThanThatOfTheDrain() {
		this.runner
			.withPropertyValues("websocket-keepalive.admission.handshakes-per-second=100",
					"websocket-keepalive.drain.window=8s")
			.run((context) -> {
				ReturnDelays delays = context.getBean(ReturnDelays.class);
				double mean = LongStream.generate(() -> delays.nextMillis(1000)).limit(10_000).average().orElseThrow();
				assertThat(mean).isBetween(5700.0, 6300.0);
				assertThat(LongStream.generate(() -> delays.nextMillis(1000)).limit(10_000))
					.allMatch((delay) -> delay >= 0 && delay <= 12_000);
			});
	}

	@Test
	void theGateIsClosedUntilTheDrainIsTakenBack() {
		this.runner.run((context) -> {
			AdmissionGate gate = context.getBean(AdmissionGate.class);
			Drain drain = context.getBean(Drain.class);
			AdmissionRequest request = new AdmissionRequest("/", "http://localhost", new HttpHeaders(), null, null);
			assertThat(gate.enter(() -> request).decision()).isEqualTo(AdmissionDecision.admit());
			drain.start();
			assertThat(gate.enter(() -> request).decision()).isInstanceOfSatisfying(AdmissionDecision.Rejected.class,
					(rejected) -> assertThat(rejected.reason()).isEqualTo("draining"));
			drain.resume();
			assertThat(gate.enter(() -> request).decision()).isEqualTo(AdmissionDecision.admit());
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "websocket-keepalive.drain.enabled=false", "websocket-keepalive.enabled=false" })
	void drainsNothingWhenSwitchedOff(String property) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(Drain.class)
				.doesNotHaveBean(DrainLifecycle.class));
	}

	@Test
	void leavesAServletApplicationAlone() {
		new WebApplicationContextRunner().withUserConfiguration(Application.class)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(DrainLifecycle.class));
	}

	@Test
	void leavesAnApplicationOnAnotherServerAlone() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.boot.reactor.netty"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(DrainLifecycle.class));
	}

	@Test
	void aSwitchOfTheApplicationDoesNotKeepTheGateOpen() {
		this.runner.withBean(TrafficSwitch.class, () -> mock(TrafficSwitch.class)).run((context) -> {
			assertThat(context).hasSingleBean(TrafficSwitch.class);
			context.getBean(Drain.class).start();
			AdmissionRequest request = new AdmissionRequest("/", "http://localhost", new HttpHeaders(), null, null);
			assertThat(context.getBean(AdmissionGate.class).enter(() -> request).decision())
				.isInstanceOf(AdmissionDecision.Rejected.class);
			verify(context.getBean(TrafficSwitch.class)).refuse();
		});
	}

	@Test
	void delaysOfTheApplicationCount() {
		this.runner.withUserConfiguration(OwnDelays.class)
			.run((context) -> assertThat(context).hasSingleBean(ReturnDelays.class).hasBean("ownDelays"));
	}

	private static Object limitOf(DefaultLifecycleProcessor processor, int phase) {
		return ReflectionTestUtils.invokeMethod(processor, "determineShutdownTimeout", phase);
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnDelays {

		@Bean
		ReturnDelays ownDelays() {
			return (clients) -> 42;
		}

	}

	/**
	 * Imports by name, as real applications do, so that a class that is missing is not
	 * loaded after all.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ WebSocketKeepaliveAutoConfiguration.class, WebSocketAdmissionAutoConfiguration.class,
			LifecycleAutoConfiguration.class, ApplicationAvailabilityAutoConfiguration.class,
			WebSocketDrainAutoConfiguration.class })
	static class Application {

	}

}
