package io.github.websocketkeepalive.test;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.CopyOnWriteArrayList;

import org.springframework.beans.BeanUtils;
import org.springframework.util.ClassUtils;

import static org.awaitility.Awaitility.await;

/**
 * A {@link TestServer} in a process of its own, which can be paused and starved.
 */
public final class ForkedServer implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final String PORT = "port: ";

	private static final String DONE = "done: ";

	private final List<String> lines = new CopyOnWriteArrayList<>();

	private final Process process;

	private final PrintStream input;

	private ForkedServer(Process process) {
		this.process = process;
		this.input = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
		Thread reader = new Thread(this::readLines, "forked-server");
		reader.setDaemon(true);
		reader.start();
	}

	/**
	 * Start a server.
	 * @param transport what it runs on
	 * @param heap the options of its heap
	 * @param configuration a configuration class
	 * @param properties its properties, each as {@code key=value}
	 */
	public static ForkedServer start(Transport transport, List<String> heap, Class<?> configuration,
			String... properties) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(heap);
		command.addAll(List.of("-Djava.net.preferIPv4Stack=true", "-cp", System.getProperty("java.class.path"),
				ForkedServer.class.getName(), transport.name(), configuration.getName()));
		command.addAll(List.of(properties));
		ForkedServer server = new ForkedServer(new ProcessBuilder(command).redirectErrorStream(true).start());
		await().atMost(PATIENCE).until(() -> !server.lines(PORT).isEmpty());
		return server;
	}

	public int port() {
		return Integer.parseInt(lines(PORT).get(0).substring(PORT.length()));
	}

	public URI uri(String path) {
		return URI.create("ws://localhost:" + port() + path);
	}

	// Ends with the process, whose output is closed under a reader that waits for it.
	private void readLines() {
		try {
			this.process.inputReader().lines().forEach(this.lines::add);
		}
		catch (UncheckedIOException ex) {
			this.lines.add("end: " + ex.getMessage());
		}
	}

	/**
	 * Return what the server has written that contains a text.
	 */
	public List<String> lines(String text) {
		return this.lines.stream().filter((line) -> line.contains(text)).toList();
	}

	/**
	 * Pause the whole process.
	 */
	public void pause() throws IOException, InterruptedException {
		signal("-STOP");
	}

	public void resume() throws IOException, InterruptedException {
		signal("-CONT");
	}

	private void signal(String signal) throws IOException, InterruptedException {
		new ProcessBuilder("kill", signal, String.valueOf(this.process.pid())).inheritIO().start().waitFor();
	}

	/**
	 * Have the server do something, and await its end.
	 * @param fault the class of the fault, with a constructor without parameters
	 */
	public void suffer(Class<? extends Runnable> fault) {
		suffer(fault, PATIENCE);
	}

	/**
	 * Have the server do something, and await its end.
	 * @param fault the class of the fault, with a constructor without parameters
	 * @param patience how long to wait
	 */
	public void suffer(Class<? extends Runnable> fault, Duration patience) {
		int before = lines(DONE).size();
		this.input.println(fault.getName());
		await().atMost(patience).until(() -> lines(DONE).size() > before);
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

	public static void main(String[] args) throws Exception {
		TestServer.Builder builder = TestServer.on(Transport.valueOf(args[0]));
		for (String property : Arrays.copyOfRange(args, 2, args.length)) {
			String[] keyAndValue = property.split("=", 2);
			builder.property(keyAndValue[0], keyAndValue[1]);
		}
		TestServer server = builder.start(ClassUtils.forName(args[1], null));
		System.out.println(PORT + server.port());
		Scanner faults = new Scanner(System.in, StandardCharsets.UTF_8);
		while (faults.hasNextLine()) {
			Class<?> fault = ClassUtils.forName(faults.nextLine(), null);
			((Runnable) BeanUtils.instantiateClass(fault)).run();
			System.out.println(DONE + fault.getSimpleName());
		}
		System.exit(0);
	}

}
