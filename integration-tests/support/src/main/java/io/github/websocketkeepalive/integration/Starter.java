package io.github.websocketkeepalive.integration;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How an application meets the starter.
 */
enum Starter {

	/** Nothing that it brings is on the class path. */
	ABSENT,

	/** It is on the class path, and nothing is said about it. */
	DEFAULTS,

	/** By {@code websocket-keepalive.enabled=false}. */
	SWITCHED_OFF;

	/**
	 * What only the starter brings: its own modules, as jars or as directories of the
	 * build, and one library.
	 */
	private static final Pattern BROUGHT = Pattern.compile(
			".*[/\\\\](websocket-keepalive-[^/\\\\]+([/\\\\]target[/\\\\]classes)?|context-propagation-[^/\\\\]+)");

	/**
	 * Return the command that starts an application.
	 */
	List<String> command(Class<?> application, List<String> settings) {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx192m",
						"-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Djava.net.preferIPv4Stack=true", "-cp",
						classPath(), application.getName(), "--server.port=0", "--spring.main.banner-mode=off",
						"--logging.pattern.console=%p %c: %m%n"));
		command.addAll(settings);
		if (this == SWITCHED_OFF) {
			command.add("--websocket-keepalive.enabled=false");
		}
		return command;
	}

	private String classPath() {
		String[] libraries = Objects.requireNonNull(System.getProperty("application.libraries"))
			.split(File.pathSeparator);
		return System.getProperty("application.classes") + File.pathSeparator
				+ Arrays.stream(libraries)
					.filter((library) -> this != ABSENT || !BROUGHT.matcher(library).matches())
					.collect(Collectors.joining(File.pathSeparator));
	}

}
