package io.github.websocketkeepalive.contract;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.annotation.DirtiesContext;

import io.github.websocketkeepalive.drain.Drain;
import io.github.websocketkeepalive.drain.DrainStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whoever develops an application does not wait for its drain.
 */
@DirtiesContext
@SpringBootTest(classes = RestartedApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = "spring.main.web-application-type=reactive")
class DevelopmentDrainTests {

	@Autowired
	private Drain drain;

	@Test
	void aTestDoesNotWait() {
		DrainStatus status = this.drain.start();
		assertThat(status.grace()).isZero();
		assertThat(status.window()).isZero();
	}

	@Test
	void aRestartByDevToolsDoesNotWait() throws Exception {
		assertThat(report(true)).isEqualTo("restartedMain PT0S PT0S");
	}

	@Test
	void aRestartByDevToolsWaitsIfItIsTold() throws Exception {
		assertThat(report(true, "--websocket-keepalive.drain.grace=7s")).isEqualTo("restartedMain PT7S PT0S");
	}

	@Test
	void withoutDevToolsItWaits() throws Exception {
		assertThat(report(false)).isEqualTo("main PT5S PT15S");
	}

	private static String report(boolean devTools, String... properties) throws IOException, InterruptedException {
		String classPath = System.getProperty("java.class.path");
		if (devTools) {
			classPath += File.pathSeparator + Path.of("target", "devtools").toAbsolutePath() + "/*";
		}
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
						"-XX:TieredStopAtLevel=1", "-Djava.net.preferIPv4Stack=true", "-cp", classPath,
						RestartedApplication.class.getName(), "--server.port=0", "--spring.main.banner-mode=off",
						"--spring.devtools.livereload.enabled=false"));
		command.addAll(List.of(properties));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		List<String> output = process.inputReader().lines().toList();
		process.waitFor();
		return output.stream()
			.filter((line) -> line.startsWith(RestartedApplication.REPORT))
			.map((line) -> line.substring(RestartedApplication.REPORT.length()))
			.findFirst()
			.orElseThrow(() -> new AssertionError(String.join("\n", output)));
	}

}
