package io.github.websocketkeepalive.test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

import org.springframework.util.Assert;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client of streams that does only what it is told, except that it answers pings, and
 * puts fragments together. Speaks JSON.
 */
public final class StreamPeer implements AutoCloseable {

	private static final byte[] END_OF_MESSAGE = { 0, 0, -1, -1 };

	private final JsonMapper mapper = new JsonMapper();

	private final Inflater inflater = new Inflater(true);

	private final RawClient client;

	private int fragments;

	public StreamPeer(RawClient client) {
		this.client = client;
	}

	public static StreamPeer connect(int port, String path, String... headers) throws IOException {
		return new StreamPeer(RawClient.connect(port, path, headers));
	}

	public RawClient raw() {
		return this.client;
	}

	public void send(String frame) throws IOException {
		this.client.sendText(frame.replace('\'', '"'));
	}

	public void open(String stream, String source) throws IOException {
		send("{'type':'open','stream':'%s','source':'%s'}".formatted(stream, source));
	}

	public void open(String stream, String source, String epoch, long offset) throws IOException {
		send("{'type':'open','stream':'%s','source':'%s','from':{'epoch':'%s','offset':%d}}".formatted(stream, source,
				epoch, offset));
	}

	public void ack(String stream, long offset) throws IOException {
		send("{'type':'ack','stream':'%s','offset':%d}".formatted(stream, offset));
	}

	public void cancel(String stream) throws IOException {
		send("{'type':'cancel','stream':'%s'}".formatted(stream));
	}

	/**
	 * Ask for a pong, and await it.
	 */
	public void ping() throws IOException {
		send("{'type':'ping'}");
		read("pong");
	}

	/**
	 * Acknowledge a batch.
	 */
	public void ack(JsonNode batch) throws IOException {
		ack(batch.get("stream").asString(), batch.get("offset").asLong() + batch.get("items").size());
	}

	/**
	 * Read the next frame.
	 */
	public JsonNode read() throws IOException {
		return this.mapper.readTree(readMessage());
	}

	/**
	 * Read on to the next frame of a type.
	 */
	public JsonNode read(String type) throws IOException {
		JsonNode frame = read();
		while (!frame.get("type").asString().equals(type)) {
			frame = read();
		}
		return frame;
	}

	/**
	 * Read a stream to its end, acknowledging every batch.
	 * @return how many rows came
	 */
	public long readAll(String stream) throws IOException {
		long rows = 0;
		while (true) {
			JsonNode frame = read();
			Assert.state(stream.equals(frame.path("stream").asString("")), frame::toString);
			if (frame.get("type").asString().equals("end")) {
				return rows;
			}
			if (frame.get("type").asString().equals("batch")) {
				rows += frame.get("items").size();
				ack(frame);
			}
		}
	}

	/**
	 * Return of how many fragments the last message was.
	 */
	public int fragments() {
		return this.fragments;
	}

	private byte[] readMessage() throws IOException {
		ByteArrayOutputStream message = new ByteArrayOutputStream();
		boolean compressed = false;
		this.fragments = 0;
		while (true) {
			RawClient.Frame frame = this.client.read();
			if (frame.opcode() == RawClient.PING) {
				this.client.send(RawClient.frame(true, RawClient.PONG, frame.payload()));
			}
			else if (frame.opcode() == RawClient.CLOSE) {
				throw new ClosedException(frame);
			}
			else if (frame.opcode() != RawClient.PONG) {
				int opcode = (this.fragments++ == 0) ? RawClient.TEXT : RawClient.CONTINUATION;
				Assert.state(frame.opcode() == opcode, () -> "opcode " + frame.opcode());
				compressed |= frame.rsv() != 0;
				message.writeBytes(frame.payload());
				if (frame.fin()) {
					return compressed ? inflate(message.toByteArray()) : message.toByteArray();
				}
			}
		}
	}

	private byte[] inflate(byte[] message) {
		ByteArrayOutputStream inflated = new ByteArrayOutputStream();
		try {
			for (byte[] input : new byte[][] { message, END_OF_MESSAGE }) {
				this.inflater.setInput(input);
				byte[] part = new byte[64 * 1024];
				int length = this.inflater.inflate(part);
				while (length > 0) {
					inflated.write(part, 0, length);
					length = this.inflater.inflate(part);
				}
			}
		}
		catch (DataFormatException ex) {
			throw new IllegalStateException(ex);
		}
		return inflated.toByteArray();
	}

	@Override
	public void close() throws IOException {
		this.inflater.end();
		this.client.close();
	}

	/**
	 * The server has sent a Close frame.
	 */
	@SuppressWarnings("serial")
	public static final class ClosedException extends IOException {

		private final transient RawClient.Frame frame;

		private ClosedException(RawClient.Frame frame) {
			super("closed with " + frame.closeCode() + " " + frame.closeReason());
			this.frame = frame;
		}

		public RawClient.Frame frame() {
			return this.frame;
		}

	}

}
