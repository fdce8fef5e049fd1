package io.github.websocketkeepalive.unchanged;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications without a server, on what the starter for clients brings.
 */
class CommandLineApplicationTests {

	/**
	 * What the starter for clients brings, as its dependency tree tells.
	 */
	private static final Pattern BROUGHT = Pattern
		.compile("(spring-(boot|boot-autoconfigure|core|context|expression|beans|aop|web|webflux)"
				+ "|commons-logging|jakarta\\.annotation-api|snakeyaml|jspecify|context-propagation"
				+ "|(logback|log4j|jul|slf4j|micrometer-(commons|observation)|reactor-(core|netty)|reactive-streams|netty).*)"
				+ "-[0-9].*\\.jar");

	@Test
	void theProcessAnswersAndEndsAsWithoutTheStarter() throws Exception {
		try (TestServer server = TestServer.on(Transport.NIO).workers(1).start(Plain.class)) {
			Map<Starter, Process> processes = new EnumMap<>(Starter.class);
			for (Starter starter : Starter.values()) {
				processes.put(starter, start(starter, server));
			}
			for (Process process : processes.values()) {
				List<String> lines = process.inputReader().lines().toList();
				assertThat(lines).contains("answer: hello", "context: AnnotationConfigApplicationContext");
				assertThat(Seen.warnings(String.join("\n", lines))).isEmpty();
				assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
				assertThat(process.exitValue()).isZero();
			}
		}
	}

	private static Process start(Starter starter, TestServer server) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Djava.net.preferIPv4Stack=true", "-cp",
				classPath(), CommandLine.class.getName(), server.uri("/ws/echo").toString(), "--" + starter.property(),
				"--spring.main.banner-mode=off"));
		return new ProcessBuilder(command).redirectErrorStream(true).start();
	}

	private static String classPath() {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> new File(entry).isDirectory() || BROUGHT.matcher(new File(entry).getName()).matches())
			.collect(Collectors.joining(File.pathSeparator));
	}

}
