package io.github.websocketkeepalive.fault;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network of its own on this machine, linked to it by a virtual cable: what is sent on
 * it can be dropped, as a router that lost its state would. Linux only, for root only.
 */
final class NetworkNamespace implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(NetworkNamespace.class);

	private static final AtomicInteger COUNT = new AtomicInteger();

	private final List<Process> processes = new ArrayList<>();

	private final String name;

	private final String subnet;

	private NetworkNamespace(int number) {
		this.name = "wsk" + ProcessHandle.current().pid() + "n" + number;
		// From the range that RFC 2544 keeps for tests.
		this.subnet = "198.18." + (ProcessHandle.current().pid() + number) % 256;
	}

	/**
	 * Return why there can be no such network here.
	 * @return the reason, or {@code null} if there can be one
	 */
	static String unavailable() {
		if (!"root".equals(System.getProperty("user.name"))) {
			return "not root";
		}
		for (String tool : List.of("ip", "iptables")) {
			if (Stream.of(System.getenv("PATH").split(File.pathSeparator))
				.noneMatch((directory) -> new File(directory, tool).canExecute())) {
				return "no " + tool;
			}
		}
		try (NetworkNamespace network = create()) {
			network.inside("iptables", "-L", "-n");
			return null;
		}
		catch (IOException ex) {
			return ex.getMessage();
		}
	}

	static NetworkNamespace create() throws IOException {
		NetworkNamespace network = new NetworkNamespace(COUNT.incrementAndGet());
		Runtime.getRuntime().addShutdownHook(new Thread(network::close));
		try {
			network.setUp();
			return network;
		}
		catch (IOException ex) {
			network.close();
			throw ex;
		}
	}

	private void setUp() throws IOException {
		String inner = this.name + "i";
		run("ip", "netns", "add", this.name);
		run("ip", "link", "add", this.name, "type", "veth", "peer", "name", inner, "netns", this.name);
		run("ip", "address", "add", host() + "/24", "dev", this.name);
		run("ip", "link", "set", this.name, "up");
		inside("ip", "link", "set", "lo", "up");
		inside("ip", "address", "add", address(1) + "/24", "dev", inner);
		inside("ip", "address", "add", address(2) + "/24", "dev", inner);
		inside("ip", "link", "set", inner, "up");
	}

	/**
	 * Return the address by which the network reaches this machine.
	 */
	String host() {
		return this.subnet + ".1";
	}

	/**
	 * Return an address in the network.
	 * @param number 1 or 2
	 */
	String address(int number) {
		return this.subnet + "." + (number + 1);
	}

	/**
	 * Start a process in the network, which ends with it at the latest.
	 */
	Process start(String... command) throws IOException {
		Process process = new ProcessBuilder(concat(List.of("ip", "netns", "exec", this.name), command))
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		this.processes.add(process);
		return process;
	}

	/**
	 * Drop every packet from and to an address, from now on.
	 */
	void blackHole(String address) throws IOException {
		inside("iptables", "-A", "INPUT", "-d", address, "-j", "DROP");
		inside("iptables", "-A", "OUTPUT", "-s", address, "-j", "DROP");
	}

	/**
	 * Let the packets from and to an address pass again.
	 */
	void restore(String address) throws IOException {
		inside("iptables", "-D", "INPUT", "-d", address, "-j", "DROP");
		inside("iptables", "-D", "OUTPUT", "-s", address, "-j", "DROP");
	}

	@Override
	public void close() {
		this.processes.forEach(Process::destroyForcibly);
		this.processes.forEach((process) -> process.onExit().orTimeout(10, TimeUnit.SECONDS).join());
		tryTo("ip", "link", "delete", this.name);
		tryTo("ip", "netns", "delete", this.name);
	}

	// What is gone already cannot be deleted.
	private static void tryTo(String... command) {
		try {
			run(command);
		}
		catch (IOException ex) {
			logger.debug("Nothing to clean up", ex);
		}
	}

	private void inside(String... command) throws IOException {
		run(concat(List.of("ip", "netns", "exec", this.name), command).toArray(String[]::new));
	}

	private static void run(String... command) throws IOException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		if (process.onExit().join().exitValue() != 0) {
			throw new IOException(String.join(" ", command) + ": " + output.strip());
		}
	}

	private static List<String> concat(List<String> first, String... more) {
		return Stream.concat(first.stream(), Arrays.stream(more)).toList();
	}

}
