package io.github.websocketkeepalive.unchanged;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Collectors;

import io.github.websocketkeepalive.test.RawClient;

/**
 * What a peer says to a server, and hears.
 *
 * @param port the server's
 */
record Conversations(int port) {

	/**
	 * Send a request, and return the head of the response.
	 */
	String request(String method, String path, String... headers) throws IOException {
		try (RawClient client = RawClient.connectOnly(this.port, 0)) {
			client.send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
					+ Arrays.stream(headers).map((header) -> header + "\r\n").collect(Collectors.joining()) + "\r\n");
			return method + " " + path + " " + head(client);
		}
	}

	/**
	 * Ask for a WebSocket, and return the head of the response.
	 */
	String handshake(String path, String... headers) throws IOException {
		try (RawClient client = RawClient.connectOnly(this.port, 0)) {
			client.send(RawClient.handshake(path, headers));
			return path + " " + head(client);
		}
	}

	/**
	 * Open a WebSocket, send a text, and return what comes until the end, after a Close
	 * if the server has sent the text back.
	 */
	String talk(String path) throws IOException {
		try (RawClient client = RawClient.connect(this.port, path)) {
			client.sendText("hello");
			RawClient.Frame frame = client.read();
			String heard = path;
			if (frame.opcode() == RawClient.TEXT) {
				heard += " " + frame.text();
				client.sendClose(1000, "done");
				frame = client.read();
			}
			return heard + " " + frame.closeCode() + " " + frame.closeReason() + " " + client.isClosedByServer();
		}
	}

	// The body of an error carries the number of its request, which differs in length.
	private static String head(RawClient client) throws IOException {
		String head = client.readResponse();
		boolean error = head.contains("application/json");
		return head.lines()
			.filter((line) -> !line.isEmpty() && !(error && line.startsWith("Content-Length")))
			.sorted()
			.collect(Collectors.joining("; "));
	}

}
