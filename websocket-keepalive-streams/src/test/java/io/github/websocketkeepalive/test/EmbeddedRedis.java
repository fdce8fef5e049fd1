package io.github.websocketkeepalive.test;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.util.FileSystemUtils;
import redis.embedded.core.ExecutableProvider;

import static org.awaitility.Awaitility.await;

/**
 * A real Redis in a process of its own, which can be paused, killed and started again,
 * with or without what it had written.
 */
public final class EmbeddedRedis implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Duration POLL = Duration.ofMillis(20);

	private static final int COMMAND_TIMEOUT_MILLIS = 1000;

	private static final String DATA = "appendonly.aof";

	private final Path directory;

	private final int port;

	private Process process;

	private EmbeddedRedis(Path directory, int port) throws IOException {
		this.directory = directory;
		this.port = port;
		this.process = launch();
	}

	public static EmbeddedRedis start() {
		try {
			return new EmbeddedRedis(Files.createTempDirectory("redis"), freePort());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private Process launch() throws IOException {
		Process process = new ProcessBuilder(Executable.PATH, "--bind", "127.0.0.1", "--port",
				String.valueOf(this.port), "--dir", this.directory.toString(), "--save", "", "--appendonly", "yes",
				"--appendfsync", "no", "--loglevel", "warning")
			.redirectErrorStream(true)
			.redirectOutput(this.directory.resolve("log").toFile())
			.start();
		await().atMost(PATIENCE).pollInterval(POLL).until(this::accepts);
		return process;
	}

	private boolean accepts() {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port));
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	public int port() {
		return this.port;
	}

	public List<String> properties() {
		return List.of("spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + this.port);
	}

	/**
	 * Return a factory, started and to be destroyed.
	 */
	public LettuceConnectionFactory factory() {
		LettuceConnectionFactory factory = new LettuceConnectionFactory(
				new RedisStandaloneConfiguration("127.0.0.1", this.port),
				LettuceClientConfiguration.builder().shutdownQuietPeriod(Duration.ZERO).build());
		factory.afterPropertiesSet();
		factory.start();
		return factory;
	}

	/**
	 * Break all connections.
	 */
	public void disconnectClients() {
		command("CLIENT KILL TYPE normal");
	}

	/**
	 * Have all commands wait for a while, from now on.
	 */
	public void delayClients(Duration delay) {
		command("CLIENT PAUSE " + delay.toMillis());
	}

	/**
	 * Send a command.
	 * @param line the command and its arguments, none of which has a space
	 * @return the beginning of the answer, empty if there is none within a second
	 */
	public String command(String line) {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			socket.setSoTimeout(COMMAND_TIMEOUT_MILLIS);
			socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
			byte[] answer = new byte[4096];
			int count = socket.getInputStream().read(answer);
			return new String(answer, 0, Math.max(0, count), StandardCharsets.US_ASCII);
		}
		catch (SocketTimeoutException ex) {
			return "";
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Freeze the process: it answers nothing, and its connections stay open.
	 */
	public void pause() {
		signal("-STOP");
	}

	public void resume() {
		signal("-CONT");
	}

	private void signal(String signal) {
		try {
			new ProcessBuilder("kill", signal, String.valueOf(this.process.pid())).inheritIO().start().waitFor();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	public void kill() {
		this.process.destroyForcibly();
		awaitEnd();
	}

	/**
	 * End the process in order.
	 */
	public void stop() {
		this.process.destroy();
		awaitEnd();
	}

	private void awaitEnd() {
		await().atMost(PATIENCE).pollInterval(POLL).until(() -> !this.process.isAlive());
	}

	public boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * Return what is written so far.
	 */
	public byte[] data() {
		try {
			return Files.readAllBytes(this.directory.resolve(DATA));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Start again with what was written before.
	 */
	public void restart() {
		try {
			this.process = launch();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Start again and know nothing.
	 */
	public void restartEmpty() {
		restart(new byte[0]);
	}

	/**
	 * Start again with what was written at an earlier time.
	 * @param data what was written then
	 */
	public void restart(byte[] data) {
		try {
			Files.write(this.directory.resolve(DATA), data);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		restart();
	}

	@Override
	public void close() {
		kill();
		try {
			FileSystemUtils.deleteRecursively(this.directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Unpacked once: a file that is being written while another process starts cannot be
	 * executed.
	 */
	private static final class Executable {

		private static final String PATH = unpack();

		private static String unpack() {
			try {
				Path directory = Files.createTempDirectory("redis-server");
				directory.toFile().deleteOnExit();
				File executable = ExecutableProvider.newJarResourceProvider(directory.toFile()).get();
				executable.deleteOnExit();
				return executable.getPath();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
