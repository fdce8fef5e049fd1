package io.github.websocketkeepalive.test;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A WebSocket server on plain sockets, which treats each connection as a test wants.
 */
public final class ScriptedServer implements AutoCloseable {

	private static final Pattern KEY = Pattern.compile("(?i)sec-websocket-key: *(\\S+)");

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	private final ServerSocket listener;

	private final Script script;

	private ScriptedServer(ServerSocket listener, Script script) {
		this.listener = listener;
		this.script = script;
		Thread thread = new Thread(this::accept, "scripted-server");
		thread.setDaemon(true);
		thread.start();
	}

	public static ScriptedServer start(Script script) throws IOException {
		return start(0, script);
	}

	public static ScriptedServer start(int port, Script script) throws IOException {
		return new ScriptedServer(new ServerSocket(port, 100, InetAddress.getLoopbackAddress()), script);
	}

	public URI uri() {
		return URI.create("ws://localhost:" + this.listener.getLocalPort() + "/ws?token=secret");
	}

	public int port() {
		return this.listener.getLocalPort();
	}

	/**
	 * Return the heads of the requests so far.
	 */
	public List<String> requests() {
		return this.requests;
	}

	public int connections() {
		return this.sockets.size();
	}

	private void accept() {
		try {
			while (true) {
				Socket socket = this.listener.accept();
				this.sockets.add(socket);
				int number = this.sockets.size();
				Thread thread = new Thread(() -> serve(new Peer(socket), number), "scripted-connection-" + number);
				thread.setDaemon(true);
				thread.start();
			}
		}
		catch (IOException ex) {
			this.requests.add("end: " + ex.getMessage());
		}
	}

	private void serve(Peer peer, int number) {
		try {
			this.script.serve(peer, number);
		}
		catch (IOException ex) {
			// The client has left, which its test knows of.
			peer.ended = ex;
		}
	}

	@Override
	public void close() throws IOException {
		this.listener.close();
		for (Socket socket : this.sockets) {
			socket.close();
		}
	}

	/**
	 * What is done with a connection.
	 */
	@FunctionalInterface
	public interface Script {

		void serve(Peer peer, int number) throws IOException;

	}

	/**
	 * One connection.
	 */
	public final class Peer {

		private final Socket socket;

		private IOException ended;

		Peer(Socket socket) {
			this.socket = socket;
		}

		public Socket socket() {
			return this.socket;
		}

		public String readRequest() throws IOException {
			StringBuilder head = new StringBuilder();
			while (head.indexOf("\r\n\r\n") < 0) {
				int next = this.socket.getInputStream().read();
				if (next < 0) {
					throw new IOException("end");
				}
				head.append((char) next);
			}
			ScriptedServer.this.requests.add(head.toString());
			return head.toString();
		}

		public void send(String text) throws IOException {
			send(text.getBytes(StandardCharsets.ISO_8859_1));
		}

		private void send(byte[] bytes) throws IOException {
			OutputStream output = this.socket.getOutputStream();
			output.write(bytes);
			output.flush();
		}

		/**
		 * Complete the opening handshake.
		 * @param headers further headers of the response
		 */
		public Peer open(String... headers) throws IOException {
			send(accepting() + Arrays.stream(headers).map((header) -> header + "\r\n").collect(Collectors.joining())
					+ "\r\n");
			return this;
		}

		/**
		 * Read the request and return the head of a response that accepts it, but for the
		 * empty line at its end.
		 */
		public String accepting() throws IOException {
			Matcher key = KEY.matcher(readRequest());
			if (!key.find()) {
				throw new IOException("no key");
			}
			return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
					+ "Sec-WebSocket-Accept: " + accept(key.group(1)) + "\r\n";
		}

		public void refuse(String status, String... headers) throws IOException {
			readRequest();
			StringBuilder response = new StringBuilder("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n");
			for (String header : headers) {
				response.append(header).append("\r\n");
			}
			send(response.append("\r\n").toString());
			awaitEnd();
		}

		public void sendText(String text) throws IOException {
			send(RawClient.frame(0x80 | RawClient.TEXT, false, text.getBytes(StandardCharsets.UTF_8)));
		}

		/**
		 * Send a Close frame.
		 * @param code any code, also one that must not be sent
		 */
		public void sendClose(int code, String reason) throws IOException {
			sendCloseOnly(code, reason);
			awaitEnd();
		}

		/**
		 * Send a Close frame without a code.
		 */
		public void sendClose() throws IOException {
			sendClose(new byte[0]);
			awaitEnd();
		}

		/**
		 * Send a Close frame while another thread reads.
		 */
		public void sendCloseOnly(int code, String reason) throws IOException {
			byte[] text = reason.getBytes(StandardCharsets.UTF_8);
			sendClose(ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text).array());
		}

		private void sendClose(byte[] payload) throws IOException {
			send(RawClient.frame(0x80 | RawClient.CLOSE, false, payload));
		}

		/**
		 * Read a frame of less than 64 KB.
		 */
		public Frame read() throws IOException {
			DataInputStream input = new DataInputStream(this.socket.getInputStream());
			int opcode = input.readUnsignedByte() & 0xF;
			int second = input.readUnsignedByte();
			boolean masked = (second & 0x80) != 0;
			int length = ((second & 0x7F) == 126) ? input.readUnsignedShort() : second & 0x7F;
			byte[] mask = new byte[masked ? 4 : 0];
			input.readFully(mask);
			byte[] payload = new byte[length];
			input.readFully(payload);
			for (int i = 0; masked && i < payload.length; i++) {
				payload[i] ^= mask[i % 4];
			}
			return new Frame(opcode, masked, payload);
		}

		public void pong(byte[] payload) throws IOException {
			send(RawClient.frame(0x80 | RawClient.PONG, false, payload));
		}

		/**
		 * Answer pings, as long as the client is there.
		 */
		public void answerPings() throws IOException {
			while (true) {
				Frame frame = read();
				if (frame.opcode() == RawClient.PING) {
					pong(frame.payload());
				}
				else if (frame.opcode() == RawClient.CLOSE) {
					this.socket.close();
					return;
				}
			}
		}

		public void reset() throws IOException {
			this.socket.setSoLinger(true, 0);
			this.socket.close();
		}

		public void awaitEnd() throws IOException {
			while (this.socket.getInputStream().read() >= 0) {
				continue;
			}
			this.socket.close();
		}

		private static String accept(String key) {
			try {
				byte[] hash = MessageDigest.getInstance("SHA-1")
					.digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.ISO_8859_1));
				return Base64.getEncoder().encodeToString(hash);
			}
			catch (NoSuchAlgorithmException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	/**
	 * A frame from the client.
	 *
	 * @param opcode the opcode
	 * @param masked whether it was masked
	 * @param payload the payload
	 */
	public record Frame(int opcode, boolean masked, byte[] payload) {

		public String text() {
			return new String(this.payload, StandardCharsets.UTF_8);
		}

	}

}
