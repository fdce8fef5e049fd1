package io.github.websocketkeepalive.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties.ClientHeartbeat;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties.Endpoint;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties.Heartbeat;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.liveness.PingMode;
import io.github.websocketkeepalive.server.PathPolicies;

/**
 * Maps the properties of the heartbeat to policies.
 *
 * @param general the policy of paths that no pattern matches
 * @param overrides the policies of paths that a pattern matches
 * @param client the policy of WebSockets that the application opens
 */
record HeartbeatPolicyMapper(LivenessPolicy general, Map<PathPattern, LivenessPolicy> overrides,
		LivenessPolicy client) {

	private static final int SWEEPS_A_PERIOD = 4;

	static HeartbeatPolicyMapper of(Heartbeat heartbeat, ClientHeartbeat client) {
		Map<PathPattern, LivenessPolicy> overrides = new LinkedHashMap<>();
		heartbeat.endpoints()
			.forEach((pattern, endpoint) -> overrides.put(parse(pattern), policy(heartbeat, endpoint)));
		return new HeartbeatPolicyMapper(policy(heartbeat, new Endpoint(null, null, null, null)), overrides,
				policy(heartbeat, client.toEndpoint()));
	}

	PathPolicies toPathPolicies() {
		return new PathPolicies(this.general, this.overrides);
	}

	Duration sweepPeriod(Duration most) {
		LongStream shortest = Stream.concat(Stream.of(this.general, this.client), this.overrides.values().stream())
			.mapToLong(LivenessPolicy::shortestNanos);
		return Duration
			.ofNanos(Math.min(most.toNanos(), Math.max(shortest.min().orElseThrow() / SWEEPS_A_PERIOD, 1_000_000)));
	}

	private static LivenessPolicy policy(Heartbeat general, Endpoint endpoint) {
		boolean enabled = or(endpoint.enabled(), general.enabled());
		PingMode mode = enabled ? or(endpoint.mode(), general.mode()).pingMode() : PingMode.NEVER;
		return LivenessPolicy.of(mode, or(endpoint.interval(), general.interval()),
				or(endpoint.timeout(), general.timeout()), general.closeTimeout(), general.heldLimit());
	}

	private static PathPattern parse(String pattern) {
		try {
			return PathPatternParser.defaultInstance.parse(pattern);
		}
		catch (PatternParseException ex) {
			throw new InvalidKeepalivePropertyException("websocket-keepalive.heartbeat.endpoints[" + pattern + "]",
					pattern, "Use a path pattern, such as \"[/ws/prices/**]\": " + ex.toDetailedString());
		}
	}

	private static <T> T or(@Nullable T value, T other) {
		return (value != null) ? value : other;
	}

}
