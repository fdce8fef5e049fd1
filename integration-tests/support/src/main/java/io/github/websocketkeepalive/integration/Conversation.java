package io.github.websocketkeepalive.integration;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What is said on a WebSocket after its handshake. The frames are short.
 */
final class Conversation {

	private static final int TEXT = 0x1;

	private static final int CLOSE = 0x8;

	private static final int PING = 0x9;

	private static final int PONG = 0xA;

	/** That of a ping of the starter, which may come while the machine is busy. */
	private static final int LENGTH_OF_OURS = 8;

	private final DataInputStream input;

	private final OutputStream output;

	private final List<String> heard = new ArrayList<>();

	private boolean closeSent;

	private boolean closed;

	Conversation(Socket socket) throws IOException {
		this.input = new DataInputStream(socket.getInputStream());
		this.output = socket.getOutputStream();
	}

	/**
	 * Send messages and a Close.
	 * @return the messages, pings and the Close of the other side
	 */
	String hold(String... messages) throws IOException {
		for (String message : messages) {
			if (!this.closed) {
				if (!message.equals(Peer.LISTEN)) {
					write(TEXT, message.getBytes(StandardCharsets.UTF_8));
				}
				read();
			}
		}
		if (!this.closed) {
			close();
		}
		while (!this.closed) {
			read();
		}
		return String.join(", ", this.heard).replaceAll("\\p{Cntrl}+", "|") + (isAtEnd() ? "" : ", more");
	}

	private void read() throws IOException {
		int opcode = this.input.readUnsignedByte() & 0xF;
		int length = this.input.readUnsignedByte();
		byte[] payload = new byte[(length == 126) ? this.input.readUnsignedShort() : length];
		this.input.readFully(payload);
		switch (opcode) {
			case PING -> {
				write(PONG, payload);
				if (length != LENGTH_OF_OURS) {
					this.heard.add("ping " + text(payload, 0));
				}
				read();
			}
			case CLOSE -> {
				this.closed = true;
				this.heard.add((length == 0) ? "1005" : ByteBuffer.wrap(payload).getShort() + " " + text(payload, 2));
				if (!this.closeSent) {
					close();
				}
			}
			default -> this.heard.add(text(payload, 0));
		}
	}

	private static String text(byte[] payload, int from) {
		return new String(payload, from, payload.length - from, StandardCharsets.UTF_8);
	}

	private void close() throws IOException {
		this.closeSent = true;
		byte[] reason = "done".getBytes(StandardCharsets.UTF_8);
		write(CLOSE, ByteBuffer.allocate(2 + reason.length).putShort((short) 1000).put(reason).array());
	}

	/**
	 * Write a frame whose mask is of zeros.
	 */
	private void write(int opcode, byte[] payload) throws IOException {
		this.output.write(ByteBuffer.allocate(6 + payload.length)
			.put((byte) (0x80 | opcode))
			.put((byte) (0x80 | payload.length))
			.putInt(0)
			.put(payload)
			.array());
	}

	private boolean isAtEnd() throws IOException {
		try {
			return this.input.read() < 0;
		}
		catch (SocketException ex) {
			return true;
		}
	}

}
