package io.github.websocketkeepalive.fault;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.github.websocketkeepalive.test.LiveClients;

/**
 * Many clients that answer every ping, in a process of their own in another network.
 */
public final class RemoteClients {

	private RemoteClients() {
	}

	/**
	 * Start clients in a network and wait until they are connected.
	 * @param network the network
	 * @param port the port of the server
	 * @param path the path to connect to
	 * @param count how many from each address
	 * @param addresses from where they connect
	 */
	static void start(NetworkNamespace network, int port, String path, int count, String... addresses)
			throws IOException {
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		List<String> command = new ArrayList<>(List.of(java, "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp",
				System.getProperty("java.class.path"), RemoteClients.class.getName(),
				"ws://" + network.host() + ":" + port + path, String.valueOf(count)));
		command.addAll(Arrays.asList(addresses));
		Process process = network.start(command.toArray(String[]::new));
		if (process.getInputStream().read() < 0) {
			throw new IOException("the clients did not connect");
		}
	}

	public static void main(String[] args) throws Exception {
		URI uri = URI.create(args[0]);
		try (LiveClients clients = new LiveClients()) {
			for (String address : Arrays.copyOfRange(args, 2, args.length)) {
				clients.add(Integer.parseInt(args[1]), uri, new InetSocketAddress(address, 0));
			}
			System.out.write('.');
			System.out.flush();
			Thread.currentThread().join();
		}
	}

}
