package io.github.websocketkeepalive.integration;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Asks an application.
 *
 * @param port the application's
 * @param headers those of every request
 */
public record Peer(int port, Map<String, String> headers) {

	/** In place of a message: send none, and wait for what comes. */
	public static final String LISTEN = "";

	private static final int PATIENCE_MILLIS = 60_000;

	private static final Map<String, String> UPGRADE = Map.of("Connection", "Upgrade", "Upgrade", "websocket",
			"Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");

	/**
	 * Return a peer that sends another header as well.
	 */
	public Peer with(String name, String value) {
		return with(Map.of(name, value));
	}

	private Peer with(Map<String, String> more) {
		Map<String, String> all = new TreeMap<>(this.headers);
		all.putAll(more);
		return new Peer(this.port, all);
	}

	public Answer get(String path) throws IOException {
		return request("GET", path, "");
	}

	public Answer request(String method, String path, String body) throws IOException {
		Peer peer = with(Map.of("Connection", "close", "Content-Type", "text/plain", "Content-Length",
				Integer.toString(body.length())));
		try (Socket socket = peer.send(method, path, body)) {
			byte[] response = socket.getInputStream().readAllBytes();
			return Answer.of(method + " " + path, new String(response, StandardCharsets.UTF_8), "");
		}
	}

	/**
	 * Ask for a WebSocket. If it is opened, send each message when the one before it is
	 * answered, and then a Close.
	 */
	public Answer talk(String path, String... messages) throws IOException {
		try (Socket socket = with(UPGRADE).send("GET", path, "")) {
			String head = readHead(new DataInputStream(socket.getInputStream()));
			String heard = head.startsWith("HTTP/1.1 101") ? new Conversation(socket).hold(messages) : "";
			return Answer.of(path, head, heard);
		}
	}

	private Socket send(String method, String path, String body) throws IOException {
		Socket socket = new Socket("localhost", this.port);
		socket.setSoTimeout(PATIENCE_MILLIS);
		String lines = this.headers.entrySet()
			.stream()
			.map((header) -> header.getKey() + ": " + header.getValue() + "\r\n")
			.collect(Collectors.joining());
		String request = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + lines + "\r\n" + body;
		socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
		return socket;
	}

	private static String readHead(DataInputStream input) throws IOException {
		StringBuilder head = new StringBuilder();
		while (head.indexOf("\r\n\r\n") < 0) {
			head.append((char) input.readUnsignedByte());
		}
		return head.toString();
	}

}
