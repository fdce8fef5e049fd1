package io.github.websocketkeepalive.endpoint;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

import io.github.websocketkeepalive.probe.ProbeSource;
import io.github.websocketkeepalive.probe.ProbeSources;

/**
 * Connections that ended without a request.
 *
 * @param total how many there were
 * @param sources where most of them came from, most first
 */
public record ProbesDescriptor(long total, List<Source> sources) implements OperationResponseBody {

	private static final int MAX_SOURCES = 50;

	static ProbesDescriptor of(ProbeSources sources) {
		return new ProbesDescriptor(sources.total(), sources.top(MAX_SOURCES).stream().map(Source::of).toList());
	}

	/**
	 * What came from one address.
	 *
	 * @param remoteAddress the address, without a port
	 * @param count how many
	 * @param kinds how many of each kind
	 * @param ends how many ended in each way
	 * @param lastSeen when the last one ended
	 * @param periodMillis milliseconds after which they repeat, if they are regular
	 */
	public record Source(String remoteAddress, long count, Map<String, Long> kinds, Map<String, Long> ends,
			Instant lastSeen, @Nullable Long periodMillis) {

		static Source of(ProbeSource source) {
			Duration period = source.period();
			return new Source(source.address(), source.count(), source.kinds(), source.ends(), source.lastSeen(),
					(period != null) ? period.toMillis() : null);
		}

	}

}
