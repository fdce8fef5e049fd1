package io.github.websocketkeepalive.test;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.function.DoubleConsumer;

import javax.net.ssl.SSLContext;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;

/**
 * A WebSocket client on a plain socket, which does only what it is told: it answers no
 * ping by itself, and sends every nonsense that a test wants. Or what a client has
 * connected to.
 */
public final class RawClient implements AutoCloseable {

	public static final int CONTINUATION = 0x0;

	public static final int TEXT = 0x1;

	public static final int BINARY = 0x2;

	public static final int CLOSE = 0x8;

	public static final int PING = 0x9;

	public static final int PONG = 0xA;

	private static final byte[] MASK = { 1, 2, 3, 4 };

	private final Socket socket;

	private final DataInputStream input;

	private final DataOutputStream output;

	private final boolean readsMasked;

	private boolean closeSent;

	private RawClient(Socket socket) throws IOException {
		this(socket, socket, false);
	}

	private RawClient(Socket socket, Socket layered, boolean readsMasked) throws IOException {
		this.socket = socket;
		this.readsMasked = readsMasked;
		this.input = new DataInputStream(new BufferedInputStream(layered.getInputStream()));
		this.output = new DataOutputStream(new BufferedOutputStream(layered.getOutputStream()));
	}

	/**
	 * The other end of a client, which is told what to send as a client is.
	 */
	public static RawClient of(Socket accepted) throws IOException {
		return new RawClient(accepted, accepted, true);
	}

	/**
	 * Connect without a handshake.
	 */
	public static RawClient connectOnly(int port, int receiveBufferSize) throws IOException {
		Socket socket = new Socket();
		if (receiveBufferSize > 0) {
			socket.setReceiveBufferSize(receiveBufferSize);
		}
		socket.setTcpNoDelay(true);
		socket.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
		socket.connect(new InetSocketAddress("localhost", port));
		return new RawClient(socket);
	}

	/**
	 * Connect over TLS without a handshake of WebSocket, whatever the certificate.
	 */
	public static RawClient connectOverTls(int port) throws IOException, GeneralSecurityException {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
		Socket socket = context.getSocketFactory().createSocket("localhost", port);
		socket.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
		return new RawClient(socket);
	}

	public static RawClient connect(int port, String path, String... headers) throws IOException {
		return connect(port, path, 0, headers);
	}

	/**
	 * Connect over TLS, trusting whoever answers.
	 */
	public static RawClient connectOverTls(int port, String path) throws IOException, GeneralSecurityException {
		SSLContext trusting = SSLContext.getInstance("TLS");
		trusting.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
		Socket socket = connectOnly(port, 0).socket;
		return upgrade(new RawClient(socket, trusting.getSocketFactory().createSocket(socket, "localhost", port, false),
				false), path);
	}

	public static RawClient connect(int port, String path, int receiveBufferSize, String... headers)
			throws IOException {
		return upgrade(connectOnly(port, receiveBufferSize), path, headers);
	}

	private static RawClient upgrade(RawClient client, String path, String... headers) throws IOException {
		client.send(handshake(path, headers));
		String status = client.readResponse();
		if (!status.startsWith("HTTP/1.1 101")) {
			throw new IOException(status);
		}
		return client;
	}

	public static String handshake(String path, String... headers) {
		StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n"
				+ "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
				+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
		for (String header : headers) {
			request.append(header).append("\r\n");
		}
		return request.append("\r\n").toString();
	}

	/**
	 * Return the socket of the TCP connection.
	 */
	public Socket socket() {
		return this.socket;
	}

	public void send(String bytes) throws IOException {
		send(bytes.getBytes(StandardCharsets.ISO_8859_1));
	}

	public void send(byte[] bytes) throws IOException {
		this.output.write(bytes);
		this.output.flush();
	}

	/**
	 * Read up to the empty line that ends the head of a response.
	 */
	public String readResponse() throws IOException {
		ByteArrayOutputStream head = new ByteArrayOutputStream();
		while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
			head.write(this.input.readUnsignedByte());
		}
		return head.toString(StandardCharsets.ISO_8859_1);
	}

	/**
	 * Read a line of the body of a response.
	 */
	public String readLine() throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		int next = this.input.readUnsignedByte();
		while (next != '\n') {
			line.write(next);
			next = this.input.readUnsignedByte();
		}
		return line.toString(StandardCharsets.ISO_8859_1);
	}

	public void sendText(String text) throws IOException {
		send(frame(true, TEXT, text.getBytes(StandardCharsets.UTF_8)));
	}

	public void sendBinary(byte[] payload) throws IOException {
		send(frame(true, BINARY, payload));
	}

	public void sendClose(int code, String reason) throws IOException {
		this.closeSent = true;
		byte[] text = reason.getBytes(StandardCharsets.UTF_8);
		send(frame(true, CLOSE, ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text).array()));
	}

	/**
	 * Leave it to the test to answer a Close frame.
	 */
	public void answersNoClose() {
		this.closeSent = true;
	}

	public void answer(Frame ping) throws IOException {
		send(frame(true, PONG, ping.payload()));
	}

	/**
	 * A masked frame.
	 */
	public static byte[] frame(boolean fin, int opcode, byte[] payload) {
		return frame((fin ? 0x80 : 0) | opcode, true, payload);
	}

	/**
	 * A frame with any first byte.
	 */
	public static byte[] frame(int firstByte, boolean masked, byte[] payload) {
		ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
		frame.put((byte) firstByte);
		int maskBit = masked ? 0x80 : 0;
		if (payload.length < 126) {
			frame.put((byte) (maskBit | payload.length));
		}
		else if (payload.length < 65536) {
			frame.put((byte) (maskBit | 126)).putShort((short) payload.length);
		}
		else {
			frame.put((byte) (maskBit | 127)).putLong(payload.length);
		}
		if (masked) {
			frame.put(MASK);
		}
		for (int i = 0; i < payload.length; i++) {
			frame.put((byte) (masked ? payload[i] ^ MASK[i % 4] : payload[i]));
		}
		byte[] bytes = new byte[frame.position()];
		frame.flip().get(bytes);
		return bytes;
	}

	/**
	 * Read the next frame. A client answers a Close frame, unless it has sent one.
	 * @throws EOFException at the end of the connection
	 */
	public Frame read() throws IOException {
		int first = this.input.readUnsignedByte();
		byte[] payload = new byte[(int) readLength()];
		byte[] mask = new byte[4];
		if (this.readsMasked) {
			this.input.readFully(mask);
		}
		this.input.readFully(payload);
		for (int i = 0; i < payload.length; i++) {
			payload[i] ^= mask[i % mask.length];
		}
		if ((first & 0xF) == CLOSE && !this.closeSent && !this.readsMasked) {
			answerClose();
		}
		return new Frame((first & 0x80) != 0, (first >> 4) & 7, first & 0xF, payload);
	}

	private void answerClose() throws IOException {
		try {
			sendClose(1000, "");
		}
		catch (SocketException ex) {
			// A server without the starter has closed by now.
		}
	}

	private long readLength() throws IOException {
		int second = this.input.readUnsignedByte();
		if ((second >= 0x80) != this.readsMasked) {
			throw new IOException("Only what a client sends is masked (RFC 6455 section 5.1)");
		}
		int length = second & 0x7F;
		if (length == 126) {
			return this.input.readUnsignedShort();
		}
		return (length == 127) ? this.input.readLong() : length;
	}

	/**
	 * Read the next frame in small pieces.
	 * @param pace called before each piece with the share of the payload that was read
	 * @return the length of its payload
	 */
	public long readSlowly(DoubleConsumer pace) throws IOException {
		this.input.readUnsignedByte();
		long length = readLength();
		byte[] bit = new byte[64 * 1024];
		long total = 0;
		while (total < length) {
			pace.accept((double) total / length);
			int read = this.input.read(bit, 0, (int) Math.min(bit.length, length - total));
			if (read < 0) {
				throw new EOFException();
			}
			total += read;
		}
		return total;
	}

	/**
	 * Read on to the next frame of a kind.
	 */
	public Frame read(int opcode) throws IOException {
		Frame frame = read();
		while (frame.opcode() != opcode) {
			frame = read();
		}
		return frame;
	}

	/**
	 * Read to the end, and close the connection then.
	 * @return {@code true}
	 */
	public boolean isClosedByServer() throws IOException {
		try (Socket socket = this.socket) {
			while (true) {
				read();
			}
		}
		catch (EOFException | SocketException ex) {
			return true;
		}
	}

	/**
	 * Reset the connection.
	 */
	public void reset() throws IOException {
		this.socket.setSoLinger(true, 0);
		this.socket.close();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	/**
	 * A frame from the server.
	 *
	 * @param fin whether it ends its message
	 * @param rsv the reserved bits
	 * @param opcode the opcode
	 * @param payload the payload
	 */
	public record Frame(boolean fin, int rsv, int opcode, byte[] payload) {

		public String text() {
			return new String(this.payload, StandardCharsets.UTF_8);
		}

		public int closeCode() {
			return (this.payload.length >= 2) ? ByteBuffer.wrap(this.payload).getShort() & 0xFFFF : 1005;
		}

		public String closeReason() {
			return (this.payload.length >= 2)
					? new String(this.payload, 2, this.payload.length - 2, StandardCharsets.UTF_8) : "";
		}

	}

}
