package io.github.websocketkeepalive.guard;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/**
 * Inflates one frame, as far as there is room, and goes on later from there.
 */
final class FrameInflation {

	private static final byte[] TAIL = { 0, 0, (byte) 0xFF, (byte) 0xFF };

	private final Inflater inflater;

	private final WebSocketFrame frame;

	private final int maxBytes;

	private final int before;

	private final ByteBuf output;

	private ByteBuffer input;

	private boolean tailFollows;

	/**
	 * Create an inflation that has not begun.
	 * @param inflater holds what the message has been so far
	 * @param frame the frame, which is released with the inflation
	 * @param endsMessage whether the tail follows that is not sent (RFC 7692 section
	 * 7.2.2)
	 * @param maxBytes how large the message may become
	 * @param before how large it is without this frame
	 * @param allocator allocates what it becomes
	 */
	FrameInflation(Inflater inflater, WebSocketFrame frame, boolean endsMessage, int maxBytes, int before,
			ByteBufAllocator allocator) {
		this.inflater = inflater;
		this.frame = frame;
		this.maxBytes = maxBytes;
		this.tailFollows = endsMessage;
		this.before = before;
		int most = maxBytes - before + 1;
		this.output = allocator.buffer(Math.min(2 * frame.content().readableBytes() + 64, most), most);
		this.input = frame.content().nioBuffer();
		inflater.setInput(this.input);
	}

	WebSocketFrame frame() {
		return this.frame;
	}

	/**
	 * Return what the frame has become so far.
	 * @return its content, which is released with the inflation
	 */
	ByteBuf output() {
		return this.output;
	}

	/**
	 * Inflate more.
	 * @param room how large the content may be at present
	 * @return whether all is inflated
	 * @throws io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException if
	 * the frame cannot be inflated, or becomes too large
	 */
	boolean inflate(int room) {
		boolean done = inflateInput(room);
		while (done && this.tailFollows) {
			this.tailFollows = false;
			this.input = ByteBuffer.wrap(TAIL);
			this.inflater.setInput(this.input);
			done = inflateInput(room);
		}
		return done;
	}

	private boolean inflateInput(int room) {
		try {
			do {
				if (this.output.readableBytes() >= room) {
					return false;
				}
				inflateInto(room - this.output.readableBytes());
				if (this.before + this.output.readableBytes() > this.maxBytes) {
					throw Violation.tooLarge("message inflates to more than " + this.maxBytes + " bytes").toException();
				}
			}
			while (!this.inflater.needsInput() || !this.output.isWritable());
		}
		catch (DataFormatException ex) {
			throw Violation.notDeflated().toException();
		}
		return true;
	}

	private void inflateInto(int room) throws DataFormatException {
		if (this.inflater.finished()) {
			this.inflater.reset();
			this.inflater.setInput(this.input);
		}
		this.output.ensureWritable(1);
		int length = Math.min(room, this.output.writableBytes());
		int inflated = this.inflater.inflate(this.output.internalNioBuffer(this.output.writerIndex(), length));
		this.output.writerIndex(this.output.writerIndex() + inflated);
	}

	void release() {
		this.frame.release();
		this.output.release();
	}

}
