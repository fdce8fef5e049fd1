package io.github.websocketkeepalive.test;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs a class with Log4j2 where this process has Logback.
 */
public final class Log4j2Process {

	private static final Path PROVIDER = Path.of("target", "log4j2");

	private Log4j2Process() {
	}

	/**
	 * Start a process.
	 * @param main the class whose main method is run
	 * @param arguments its arguments
	 */
	public static Process start(Class<?> main, String... arguments) throws IOException {
		String classPath = Stream
			.concat(Stream.of(PROVIDER.toAbsolutePath() + "/*"),
					Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
						.filter((entry) -> !entry.matches(".*/(logback-|log4j-to-slf4j)[^/]*")))
			.collect(Collectors.joining(File.pathSeparator));
		List<String> command = new ArrayList<>(List.of(
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
				"-XX:TieredStopAtLevel=1", "-Djava.net.preferIPv4Stack=true", "-cp", classPath, main.getName()));
		command.addAll(List.of(arguments));
		return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
	}

}
