package io.github.websocketkeepalive.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server in a process of its own. One of ours is looked into by {@code jcmd}.
 */
final class ServerProcess implements AutoCloseable {

	private static final int SAMPLES = 3;

	private static final Path JDK = Path.of(System.getProperty("java.home"), "bin");

	private final Process process;

	private final int port;

	private ServerProcess(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	static ServerProcess start(Class<?> server, String... properties) throws IOException {
		List<String> command = new ArrayList<>(List.of(JDK.resolve("java").toString(), "-XX:+UseG1GC", "-Xms512m",
				"-Xmx512m", "-cp", System.getProperty("java.class.path"), server.getName(), "--server.port=0",
				"--spring.main.banner-mode=off", "--logging.level.root=warn"));
		command.addAll(List.of(properties));
		return start(new ProcessBuilder(command));
	}

	/**
	 * Start a server that is none of ours, but tells its port as ours do.
	 * @param builder starts it
	 * @return the process
	 */
	static ServerProcess start(ProcessBuilder builder) throws IOException {
		Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
		return new ServerProcess(process, readPort(process.inputReader()));
	}

	private static int readPort(BufferedReader output) throws IOException {
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			if (line.startsWith(BenchmarkServer.PORT_LINE)) {
				return Integer.parseInt(line.substring(BenchmarkServer.PORT_LINE.length()));
			}
			System.err.println(line);
		}
		throw new IllegalStateException("The server ended before it told its port");
	}

	int port() {
		return this.port;
	}

	/**
	 * Return how long the process was on a processor so far.
	 * @return the time of all its threads, to a hundredth of a second
	 */
	Duration cpu() {
		return this.process.info().totalCpuDuration().orElseThrow();
	}

	/**
	 * Return what lives on the heap: the median of several histograms, each of which is
	 * taken after a full collection.
	 * @return the histogram
	 */
	ClassHistogram heap() throws IOException {
		List<ClassHistogram> samples = new ArrayList<>();
		for (int i = 0; i < SAMPLES; i++) {
			jcmd("GC.run");
			jcmd("GC.run");
			samples.add(ClassHistogram.parse(jcmd("GC.class_histogram")));
		}
		return ClassHistogram.medianOf(samples);
	}

	long threads() throws IOException {
		return jcmd("Thread.print").stream().filter((line) -> line.startsWith("\"")).count();
	}

	private List<String> jcmd(String command) throws IOException {
		Process jcmd = new ProcessBuilder(JDK.resolve("jcmd").toString(), Long.toString(this.process.pid()), command)
			.redirectErrorStream(true)
			.start();
		try (Stream<String> lines = jcmd.inputReader().lines()) {
			return lines.toList();
		}
	}

	@Override
	public void close() {
		this.process.destroy();
		try {
			if (!this.process.waitFor(10, TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			this.process.destroyForcibly();
		}
	}

}
