package io.github.websocketkeepalive.probe.log4j2;

import java.util.stream.Stream;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Filter;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.filter.AbstractFilter;
import org.apache.logging.log4j.core.filter.CompositeFilter;

import io.github.websocketkeepalive.logging.NoiseScope;

/**
 * Logs what a {@link NoiseScope} covers at the level of the scope instead of its own: it
 * is denied, and logged once more by the same logger. Sits before all appenders, because
 * a filter of the whole configuration is not told the exception of what comes through
 * SLF4J.
 */
public final class Log4j2NoiseFilter extends AbstractFilter implements AutoCloseable {

	private static final String CALLER = Log4j2NoiseFilter.class.getName();

	private final LoggerContext context;

	private final Runnable ensureInstalled = this::ensureInstalled;

	/**
	 * Create and install a filter.
	 * @param context where it filters
	 */
	public Log4j2NoiseFilter(LoggerContext context) {
		this.context = context;
		start();
		ensureInstalled();
		NoiseScope.addFilter(this.ensureInstalled);
	}

	@Override
	public Result filter(LogEvent event) {
		if (!event.getLevel().isMoreSpecificThan(Level.WARN) || !NoiseScope.isFirstFilter(this.ensureInstalled)) {
			return Result.NEUTRAL;
		}
		NoiseScope scope = NoiseScope.covering(event.getLoggerName(), event.getThrown());
		Level target = (scope != null && scope.level() != null) ? Level.valueOf(scope.level().name()) : Level.OFF;
		if (scope == null || (target != Level.OFF && target.isMoreSpecificThan(event.getLevel()))) {
			return Result.NEUTRAL;
		}
		LogEvent line = event.toImmutable();
		if (target != Level.OFF) {
			log(line, target);
		}
		scope.downgraded(line.getLoggerName(), () -> log(line, line.getLevel()));
		return Result.DENY;
	}

	@Override
	public void close() {
		NoiseScope.removeFilter(this.ensureInstalled);
		destinations(this.context.getConfiguration()).forEach((destination) -> destination.removeFilter(this));
		stop();
	}

	// Those of several applications are to be told apart.
	@Override
	public boolean equals(Object other) {
		return this == other;
	}

	@Override
	public int hashCode() {
		return System.identityHashCode(this);
	}

	private void log(LogEvent line, Level level) {
		Logger logger = this.context.getLogger(line.getLoggerName());
		logger.logIfEnabled(CALLER, level, line.getMarker(), line.getMessage(), line.getThrown());
	}

	private void ensureInstalled() {
		destinations(this.context.getConfiguration()).filter((destination) -> !isInstalled(destination))
			.forEach((destination) -> destination.addFilter(this));
	}

	private boolean isInstalled(LoggerConfig destination) {
		Filter present = destination.getFilter();
		Stream<Filter> filters = (present instanceof CompositeFilter composite) ? Stream.of(composite.getFiltersArray())
				: Stream.ofNullable(present);
		return filters.anyMatch((filter) -> filter == this);
	}

	// A default configuration does not count its root among its loggers.
	private static Stream<LoggerConfig> destinations(Configuration configuration) {
		Stream<LoggerConfig> others = configuration.getLoggers()
			.values()
			.stream()
			.filter((destination) -> !destination.getAppenderRefs().isEmpty());
		return Stream.concat(Stream.of(configuration.getRootLogger()), others).distinct();
	}

}
