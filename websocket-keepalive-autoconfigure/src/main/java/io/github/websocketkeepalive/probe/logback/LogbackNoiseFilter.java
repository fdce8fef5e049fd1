package io.github.websocketkeepalive.probe.logback;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

import io.github.websocketkeepalive.logging.NoiseScope;

/**
 * Logs what a {@link NoiseScope} covers at the level of the scope instead of its own: it
 * is denied, and logged once more by the same logger. Logback cannot change the level of
 * an event.
 */
public final class LogbackNoiseFilter extends TurboFilter implements AutoCloseable {

	private static final String CALLER = LogbackNoiseFilter.class.getName();

	private final LoggerContext context;

	private final Runnable ensureInstalled = this::ensureInstalled;

	/**
	 * Create and install a filter.
	 * @param context where it filters
	 */
	public LogbackNoiseFilter(LoggerContext context) {
		this.context = context;
		setContext(context);
		setName(CALLER);
		start();
		ensureInstalled();
		NoiseScope.addFilter(this.ensureInstalled);
	}

	@Override
	public FilterReply decide(@Nullable Marker marker, Logger logger, Level level, @Nullable String format,
			Object @Nullable [] params, @Nullable Throwable failure) {
		if (format == null || !level.isGreaterOrEqual(Level.WARN) || !NoiseScope.isFirstFilter(this.ensureInstalled)) {
			return FilterReply.NEUTRAL;
		}
		NoiseScope scope = NoiseScope.covering(logger.getName(), throwableOf(params, failure));
		if (scope == null
				|| (scope.level() != null && scope.level().toInt() >= Level.toLocationAwareLoggerInteger(level))) {
			return FilterReply.NEUTRAL;
		}
		if (scope.level() != null) {
			logger.log(marker, CALLER, scope.level().toInt(), format, params, failure);
		}
		scope.downgraded(logger.getName(),
				() -> logger.log(marker, CALLER, Level.toLocationAwareLoggerInteger(level), format, params, failure));
		return FilterReply.DENY;
	}

	@Override
	public void close() {
		NoiseScope.removeFilter(this.ensureInstalled);
		this.context.getTurboFilterList().remove(this);
		stop();
	}

	private void ensureInstalled() {
		if (!this.context.getTurboFilterList().contains(this)) {
			this.context.getTurboFilterList().addIfAbsent(this);
		}
	}

	// Until it makes the event, Logback leaves a throwable among the parameters.
	private static @Nullable Throwable throwableOf(Object @Nullable [] params, @Nullable Throwable failure) {
		if (failure == null && params != null && params.length > 0
				&& params[params.length - 1] instanceof Throwable last) {
			return last;
		}
		return failure;
	}

}
