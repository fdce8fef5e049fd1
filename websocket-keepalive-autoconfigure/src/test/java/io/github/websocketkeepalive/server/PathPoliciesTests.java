package io.github.websocketkeepalive.server;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.liveness.PingMode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PathPolicies}.
 */
class PathPoliciesTests {

	private static final List<String> PATTERNS = List.of("/**", "/ws/**", "/ws/{name}", "/ws/prices", "/ws/prices/**");

	private static final LivenessPolicy GENERAL = policy(99);

	@Test
	void withoutOverridesTheGeneralPolicyApplies() {
		assertThat(new PathPolicies(GENERAL, Map.of()).policyFor("/ws")).isSameAs(GENERAL);
	}

	@Test
	void withoutAMatchTheGeneralPolicyApplies() {
		PathPolicies policies = new PathPolicies(GENERAL, overrides(List.of("/ws/**")));
		assertThat(policies.policyFor("/other")).isSameAs(GENERAL);
	}

	@ParameterizedTest
	@CsvSource({ "/ws/prices, /ws/prices", "/ws/other, /ws/{name}", "/ws/prices/eur, /ws/prices/**",
			"/ws/other/deep, /ws/**", "/other, /**", "/ws/prices/%zz, /ws/prices/**", "/ws/%, /ws/{name}" })
	void theMostSpecificPatternWinsInWhateverOrder(String path, String pattern) {
		List<String> reversed = PATTERNS.stream().sorted((a, b) -> PATTERNS.indexOf(b) - PATTERNS.indexOf(a)).toList();
		for (List<String> order : List.of(PATTERNS, reversed)) {
			assertThat(new PathPolicies(GENERAL, overrides(order)).policyFor(path))
				.isEqualTo(policy(1 + PATTERNS.indexOf(pattern)));
		}
	}

	private static Map<PathPattern, LivenessPolicy> overrides(List<String> patterns) {
		Map<PathPattern, LivenessPolicy> overrides = new LinkedHashMap<>();
		for (String pattern : patterns) {
			overrides.put(PathPatternParser.defaultInstance.parse(pattern), policy(1 + PATTERNS.indexOf(pattern)));
		}
		return overrides;
	}

	private static LivenessPolicy policy(long interval) {
		return new LivenessPolicy(PingMode.ALWAYS, interval, 1, 1, 1);
	}

}
