package io.github.websocketkeepalive.server;

import java.util.Map;
import java.util.TreeMap;

import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;

import io.github.websocketkeepalive.liveness.LivenessPolicy;

/**
 * Which policy applies to which path. Immutable.
 */
public final class PathPolicies {

	private static final PathContainer.Options AS_IT_IS = PathContainer.Options.create('/', false);

	private final LivenessPolicy general;

	private final Map<PathPattern, LivenessPolicy> overrides;

	/**
	 * Create the policies.
	 * @param general the policy of paths that no pattern matches
	 * @param overrides the policies of others; of several patterns that match, the most
	 * specific one counts
	 */
	public PathPolicies(LivenessPolicy general, Map<PathPattern, LivenessPolicy> overrides) {
		this.general = general;
		this.overrides = new TreeMap<>(overrides);
	}

	/**
	 * Return the policy for a path.
	 * @param path the path of a request, without its query
	 * @return the policy
	 */
	public LivenessPolicy policyFor(String path) {
		if (!this.overrides.isEmpty()) {
			PathContainer container = parse(path);
			for (Map.Entry<PathPattern, LivenessPolicy> override : this.overrides.entrySet()) {
				if (override.getKey().matches(container)) {
					return override.getValue();
				}
			}
		}
		return this.general;
	}

	// Routes of Reactor Netty also serve paths that cannot be decoded, such as "/%zz".
	private static PathContainer parse(String path) {
		try {
			return PathContainer.parsePath(path);
		}
		catch (IllegalArgumentException ex) {
			return PathContainer.parsePath(path, AS_IT_IS);
		}
	}

}
