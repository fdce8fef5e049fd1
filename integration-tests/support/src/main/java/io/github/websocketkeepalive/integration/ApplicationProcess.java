package io.github.websocketkeepalive.integration;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An application in a process of its own.
 */
final class ApplicationProcess implements AutoCloseable {

	private static final Pattern PORT = Pattern.compile("started on port (\\d+)");

	private static final String READY = "ready";

	private final CompletableFuture<Integer> port = new CompletableFuture<>();

	private final CompletableFuture<List<String>> output;

	private final Process process;

	private final Path log;

	private ApplicationProcess(Process process, Path log) {
		this.process = process;
		this.log = log;
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
		this.output = CompletableFuture.supplyAsync(this::read, (reader) -> new Thread(reader).start());
	}

	/**
	 * Start an application.
	 * @param command the command that starts it
	 * @param log the file that keeps what it writes
	 */
	static ApplicationProcess start(List<String> command, Path log) throws IOException {
		return new ApplicationProcess(new ProcessBuilder(command).redirectErrorStream(true).start(), log);
	}

	private List<String> read() {
		List<String> lines = new ArrayList<>();
		try (PrintWriter writer = new PrintWriter(Files.newBufferedWriter(this.log))) {
			this.process.inputReader().lines().forEach((line) -> {
				lines.add(line);
				writer.println(line);
				if (line.equals(READY)) {
					this.port.complete(portIn(lines));
				}
			});
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		finally {
			this.port.completeExceptionally(new IllegalStateException("It has ended: see " + this.log));
		}
		return lines;
	}

	private static Integer portIn(List<String> lines) {
		return lines.stream()
			.map(PORT::matcher)
			.filter(Matcher::find)
			.map((matcher) -> Integer.valueOf(matcher.group(1)))
			.findFirst()
			.orElseThrow();
	}

	/**
	 * Return the port that it listens on, as soon as it has started and told its beans.
	 */
	int port() throws Exception {
		return this.port.get(2, TimeUnit.MINUTES);
	}

	/**
	 * Ask it to end, as an operator does.
	 */
	void terminate() {
		this.process.toHandle().destroy();
	}

	/**
	 * Return how it has ended, as soon as it has.
	 */
	int exitCode() throws Exception {
		if (!this.process.waitFor(1, TimeUnit.MINUTES)) {
			throw new IllegalStateException("The process does not end");
		}
		return this.process.exitValue();
	}

	/**
	 * Return what it has written until its end.
	 */
	List<String> output() throws Exception {
		return this.output.get(1, TimeUnit.MINUTES);
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
