package io.github.websocketkeepalive.autoconfigure.drain;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.test.context.support.TestPropertySourceUtils;

import io.github.websocketkeepalive.drain.DrainPolicy;

import static org.assertj.core.api.Assertions.assertThat;

class DevelopmentTests {

	private static final DrainPolicy CONFIGURED = new DrainPolicy(Duration.ofSeconds(5), Duration.ofSeconds(15), 1012);

	private final StaticApplicationContext context = new StaticApplicationContext();

	private final ConfigurableEnvironment environment = new StandardEnvironment();

	@BeforeEach
	void useEnvironment() {
		this.context.setEnvironment(this.environment);
	}

	@Test
	void elsewhereNothingIsDifferent() {
		assertThat(Development.policy(CONFIGURED, this.context)).isEqualTo(CONFIGURED);
	}

	@Test
	void aTestNeitherWaitsNorSpreads() {
		TestPropertySourceUtils.addInlinedPropertiesToEnvironment(this.environment, "spring.jmx.enabled=false");
		assertThat(Development.policy(CONFIGURED, this.context))
			.isEqualTo(new DrainPolicy(Duration.ZERO, Duration.ZERO, 1012));
	}

	@Test
	void whatIsSetIsObeyed() {
		TestPropertySourceUtils.addInlinedPropertiesToEnvironment(this.environment, "spring.jmx.enabled=false");
		this.environment.getPropertySources()
			.addLast(new MapPropertySource("defaultProperties", Map.of("websocketKeepalive.drain.window", "15s")));
		assertThat(Development.policy(CONFIGURED, this.context).window()).isEqualTo(CONFIGURED.window());
		assertThat(Development.policy(CONFIGURED, this.context).grace()).isZero();
	}

}
