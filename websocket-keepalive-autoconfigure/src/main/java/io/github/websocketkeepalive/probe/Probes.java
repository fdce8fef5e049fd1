package io.github.websocketkeepalive.probe;

import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import io.github.websocketkeepalive.transport.NoiseScope;

/**
 * What the connections of a server report to while they have asked for nothing. Every
 * method may be called on any thread.
 */
public final class Probes {

	private static final Logger logger = LoggerFactory.getLogger(Probes.class);

	private final TlsFailures tlsFailures = new TlsFailures();

	private final Supplier<List<ProbeListener>> listeners;

	private final NoiseScope.Policy noise;

	/**
	 * Create the probes.
	 * @param level the level for what is logged about probes and about peers that are
	 * gone, or {@code null} if that is not logged
	 * @param listeners who is told
	 */
	public Probes(@Nullable Level level, Supplier<List<ProbeListener>> listeners) {
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
		for (ProbeListener listener : this.listeners.get()) {
			listener.onProbe(probe);
		}
	}

	private void downgraded(String loggerName) {
		for (ProbeListener listener : this.listeners.get()) {
			listener.onDowngraded(loggerName);
		}
	}

}
