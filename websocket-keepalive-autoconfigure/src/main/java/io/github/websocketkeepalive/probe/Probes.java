package io.github.websocketkeepalive.probe;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.listener.Listeners;
import io.github.websocketkeepalive.logging.NoiseScope;

/**
 * What the connections of a server report to while they have asked for nothing. Every
 * method may be called on any thread.
 */
@Internal
public final class Probes {

	private static final Logger logger = LoggerFactory.getLogger(Probes.class);

	private final TlsFailures tlsFailures = new TlsFailures();

	private final Listeners<ProbeListener> listeners;

	private final NoiseScope.Policy noise;

	/**
	 * Create the probes.
	 * @param level the level for what is logged about probes and about peers that are
	 * gone, or {@code null} if that is not logged
	 * @param listeners who is told
	 */
	public Probes(@Nullable Level level, Listeners<ProbeListener> listeners) {
		this.listeners = listeners;
		this.noise = new NoiseScope.Policy(level, this::downgraded);
	}

	/**
	 * Return what becomes of noise.
	 * @return the policy
	 */
	public NoiseScope.Policy noise() {
		return this.noise;
	}

	TlsFailures tlsFailures() {
		return this.tlsFailures;
	}

	void ended(Probe probe) {
		logger.debug("{} {} from {}", probe.kind().text(), probe.end().text(), probe.address());
		this.listeners.tell((listener) -> listener.onProbe(probe));
	}

	private void downgraded(String loggerName) {
		this.listeners.tell((listener) -> listener.onDowngraded(loggerName));
	}

}
