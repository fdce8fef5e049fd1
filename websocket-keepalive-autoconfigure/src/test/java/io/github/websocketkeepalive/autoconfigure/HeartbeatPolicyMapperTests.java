package io.github.websocketkeepalive.autoconfigure;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties.ClientHeartbeat;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties.Heartbeat;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.liveness.PingMode;
import io.github.websocketkeepalive.server.PathPolicies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class HeartbeatPolicyMapperTests {

	@Test
	void generalPolicyHasTheGeneralSettings() {
		LivenessPolicy policy = policies(Map.of("mode", "when-idle", "interval", "7s", "timeout", "3s", "close-timeout",
				"2s", "held-limit", "9s"))
			.general();
		assertThat(policy).isEqualTo(LivenessPolicy.of(PingMode.WHEN_IDLE, Duration.ofSeconds(7), Duration.ofSeconds(3),
				Duration.ofSeconds(2), Duration.ofSeconds(9)));
	}

	@Test
	void disabledHeartbeatNeverPings() {
		assertThat(policies(Map.of("enabled", "false")).general().mode()).isEqualTo(PingMode.NEVER);
	}

	@Test
	void overrideInheritsWhatItDoesNotSet() {
		PathPolicies policies = policies(Map.of("mode", "when-idle", "interval", "7s", "timeout", "3s",
				"endpoints[/ws/prices/**].interval", "5s"))
			.toPathPolicies();
		LivenessPolicy general = policies.policyFor("/ws/other");
		LivenessPolicy prices = policies.policyFor("/ws/prices/eur");
		assertThat(general.intervalNanos()).isEqualTo(Duration.ofSeconds(7).toNanos());
		assertThat(prices).isEqualTo(new LivenessPolicy(general.mode(), Duration.ofSeconds(5).toNanos(),
				general.timeoutNanos(), general.closeTimeoutNanos(), general.heldLimitNanos()));
	}

	@Test
	void overrideReplacesEverySettingThatItHas() {
		LivenessPolicy policy = policies(Map.of("endpoints[/ws].mode", "when-idle", "endpoints[/ws].interval", "5s",
				"endpoints[/ws].timeout", "4s"))
			.toPathPolicies()
			.policyFor("/ws");
		assertThat(policy.mode()).isEqualTo(PingMode.WHEN_IDLE);
		assertThat(policy.intervalNanos()).isEqualTo(Duration.ofSeconds(5).toNanos());
		assertThat(policy.timeoutNanos()).isEqualTo(Duration.ofSeconds(4).toNanos());
	}

	@Test
	void overrideSwitchesOffOneEndpointOnly() {
		PathPolicies policies = policies(Map.of("endpoints[/ws/raw].enabled", "false")).toPathPolicies();
		assertThat(policies.policyFor("/ws/raw").mode()).isEqualTo(PingMode.NEVER);
		assertThat(policies.policyFor("/ws/other").mode()).isEqualTo(PingMode.ALWAYS);
	}

	@Test
	void overrideSwitchesOnOneEndpointOnly() {
		PathPolicies policies = policies(Map.of("enabled", "false", "endpoints[/ws/prices].enabled", "true"))
			.toPathPolicies();
		assertThat(policies.policyFor("/ws/prices").mode()).isEqualTo(PingMode.ALWAYS);
		assertThat(policies.policyFor("/ws/other").mode()).isEqualTo(PingMode.NEVER);
	}

	@Test
	void theMostSpecificPatternCounts() {
		PathPolicies policies = policies(Map.of("endpoints[/**].interval", "1s", "endpoints[/ws/{room}].interval", "2s",
				"endpoints[/ws/a].interval", "3s"))
			.toPathPolicies();
		assertThat(policies.policyFor("/other").intervalNanos()).isEqualTo(Duration.ofSeconds(1).toNanos());
		assertThat(policies.policyFor("/ws/b").intervalNanos()).isEqualTo(Duration.ofSeconds(2).toNanos());
		assertThat(policies.policyFor("/ws/a").intervalNanos()).isEqualTo(Duration.ofSeconds(3).toNanos());
	}

	@Test
	void patternThatCannotBeParsedIsRefused() {
		assertThatExceptionOfType(InvalidKeepalivePropertyException.class)
			.isThrownBy(() -> policies(Map.of("endpoints[/ws/{room].interval", "1s")))
			.satisfies((failure) -> {
				assertThat(failure.getKey()).isEqualTo("websocket-keepalive.heartbeat.endpoints[/ws/{room]");
				assertThat(failure.getValue()).isEqualTo("/ws/{room");
				assertThat(failure.getRemedy()).startsWith("Use a path pattern, such as \"[/ws/prices/**]\"");
			});
	}

	@Test
	void sweepsAreAsFarApartAsTheyMayWhenPeriodsAreLong() {
		assertThat(policies(Map.of()).sweepPeriod(Duration.ofMillis(500))).isEqualTo(Duration.ofMillis(500));
	}

	@Test
	void sweepsAreAQuarterOfAShortInterval() {
		assertThat(policies(Map.of("interval", "1s")).sweepPeriod(Duration.ofMillis(500)))
			.isEqualTo(Duration.ofMillis(250));
	}

	@Test
	void sweepsAreAQuarterOfAShortTimeout() {
		assertThat(policies(Map.of("timeout", "400ms")).sweepPeriod(Duration.ofMillis(500)))
			.isEqualTo(Duration.ofMillis(100));
	}

	@Test
	void sweepsAreAQuarterOfAShortCloseTimeout() {
		assertThat(policies(Map.of("close-timeout", "800ms")).sweepPeriod(Duration.ofMillis(500)))
			.isEqualTo(Duration.ofMillis(200));
	}

	@Test
	void sweepsAreAQuarterOfTheShortestOverride() {
		assertThat(policies(Map.of("interval", "1s", "endpoints[/ws].timeout", "200ms"))
			.sweepPeriod(Duration.ofMillis(500))).isEqualTo(Duration.ofMillis(50));
	}

	@Test
	void sweepsAreAtLeastAMillisecondApart() {
		assertThat(policies(Map.of("interval", "1ms")).sweepPeriod(Duration.ofMillis(500)))
			.isEqualTo(Duration.ofMillis(1));
	}

	@Test
	void clientsHaveTheGeneralSettingsButForTheirOwn() {
		HeartbeatPolicyMapper policies = policies(Map.of("interval", "7s", "timeout", "3s"),
				new ClientHeartbeat(null, null, Duration.ofSeconds(5), null));
		assertThat(policies.client().intervalNanos()).isEqualTo(Duration.ofSeconds(5).toNanos());
		assertThat(policies.client().timeoutNanos()).isEqualTo(Duration.ofSeconds(3).toNanos());
		assertThat(policies.general().intervalNanos()).isEqualTo(Duration.ofSeconds(7).toNanos());
	}

	@Test
	void sweepsAreAQuarterOfWhatIsShortestForClients() {
		assertThat(policies(Map.of(), new ClientHeartbeat(null, null, null, Duration.ofMillis(200)))
			.sweepPeriod(Duration.ofMillis(500))).isEqualTo(Duration.ofMillis(50));
	}

	private static HeartbeatPolicyMapper policies(Map<String, String> properties) {
		return policies(properties, new ClientHeartbeat(null, null, null, null));
	}

	private static HeartbeatPolicyMapper policies(Map<String, String> properties, ClientHeartbeat client) {
		return HeartbeatPolicyMapper
			.of(new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate("", Heartbeat.class), client);
	}

}
