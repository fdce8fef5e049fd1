package io.github.websocketkeepalive.unchanged;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.springframework.boot.autoconfigure.AutoConfiguration;

/**
 * How an application meets the starter.
 */
enum Starter {

	/** Nothing of it is configured, as if it was not there. */
	ABSENT,

	/** Nothing is said about it. */
	DEFAULTS,

	/** By {@code websocket-keepalive.enabled=false}. */
	SWITCHED_OFF;

	private static final Path IMPORTS = Path.of("src", "main", "resources", "META-INF", "spring",
			AutoConfiguration.class.getName() + ".imports");

	/**
	 * Return the property that makes it so, as {@code key=value}.
	 */
	String property() throws IOException {
		return switch (this) {
			case ABSENT -> "spring.autoconfigure.exclude=" + String.join(",", Files.readAllLines(IMPORTS));
			case DEFAULTS -> "websocket-keepalive.enabled=true";
			case SWITCHED_OFF -> "websocket-keepalive.enabled=false";
		};
	}

}
