package io.github.websocketkeepalive.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import org.springframework.boot.logging.LogLevel;

import io.github.websocketkeepalive.Internal;

/**
 * Maps the levels of Spring Boot's properties to those of SLF4J, which features know.
 */
@Internal
public final class LogLevels {

	private LogLevels() {
	}

	/**
	 * Return the level of SLF4J.
	 * @param level the level of a property
	 * @return the level that is nearest, or {@code null} if nothing is to be logged
	 */
	public static @Nullable Level toSlf4j(LogLevel level) {
		return switch (level) {
			case TRACE -> Level.TRACE;
			case DEBUG -> Level.DEBUG;
			case INFO -> Level.INFO;
			case WARN -> Level.WARN;
			case ERROR, FATAL -> Level.ERROR;
			case OFF -> null;
		};
	}

}
