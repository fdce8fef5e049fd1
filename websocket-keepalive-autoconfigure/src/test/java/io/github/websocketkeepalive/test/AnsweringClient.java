package io.github.websocketkeepalive.test;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A client in a process of its own, which answers every ping until it is stopped.
 */
public final class AnsweringClient implements AutoCloseable {

	private final Process process;

	private AnsweringClient(Process process) {
		this.process = process;
	}

	public static AnsweringClient start(int port, String path) throws IOException {
		return start(port, path, 0);
	}

	/**
	 * Start a client that first sends some messages.
	 */
	public static AnsweringClient start(int port, String path, int messages) throws IOException {
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		return new AnsweringClient(new ProcessBuilder(java, "-Xmx32m", "-XX:TieredStopAtLevel=1", "-cp",
				System.getProperty("java.class.path"), AnsweringClient.class.getName(), String.valueOf(port), path,
				String.valueOf(messages))
			.inheritIO()
			.start());
	}

	/**
	 * Stop the process, which neither answers nor closes anything from now on.
	 */
	public void stop() throws IOException, InterruptedException {
		new ProcessBuilder("kill", "-STOP", String.valueOf(this.process.pid())).inheritIO().start().waitFor();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

	public static void main(String[] args) throws IOException {
		try (RawClient client = RawClient.connect(Integer.parseInt(args[0]), args[1])) {
			for (int i = 0; i < Integer.parseInt(args[2]); i++) {
				client.sendText("x".repeat(1024));
			}
			while (true) {
				client.answer(client.read(RawClient.PING));
			}
		}
	}

}
