package io.github.websocketkeepalive.guard;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.jspecify.annotations.Nullable;

/**
 * What has arrived so far of a message that comes in fragments (RFC 6455 section 5.4).
 */
final class FragmentedMessage {

	/**
	 * What a fragment costs beyond its payload: its objects on the heap, and what an
	 * allocator rounds up. Empty fragments would count for nothing otherwise.
	 */
	static final int FRAGMENT_COST = 128;

	/**
	 * What a message may cost for each byte of its largest size: so that it may come in
	 * fragments of 64 bytes.
	 */
	private static final int MAX_COST = 3;

	/**
	 * Small messages may come in fragments of a few bytes.
	 */
	private static final int SMALLEST_SIZE = 1024 * 1024;

	private final boolean text;

	private long bytes;

	private int fragments;

	private int utf8 = Utf8.COMPLETE;

	FragmentedMessage(WebSocketFrame first) {
		this.text = first instanceof TextWebSocketFrame;
	}

	/**
	 * Add a fragment.
	 * @param frame the fragment, which is not consumed
	 * @param strict whether text is checked
	 * @param maxBytes how large a message the application puts together, or -1 if it
	 * takes the fragments as they come
	 * @return the rule that it breaks, or {@code null} if it breaks none
	 */
	@Nullable Violation add(WebSocketFrame frame, boolean strict, int maxBytes) {
		ByteBuf content = frame.content();
		this.bytes += content.readableBytes();
		this.fragments++;
		if (maxBytes >= 0 && this.bytes > maxBytes) {
			return Violation.tooLarge("message above " + maxBytes + " bytes");
		}
		if (maxBytes >= 0 && this.bytes + (long) FRAGMENT_COST * this.fragments > maxCost(maxBytes)) {
			return Violation.tooLarge("message of too many fragments");
		}
		return (strict && this.text && !isText(content, frame.isFinalFragment())) ? Violation.notUtf8("text") : null;
	}

	/**
	 * Return what a message may cost with its fragments.
	 * @param maxBytes how large it may be
	 * @return the number of bytes
	 */
	static long maxCost(int maxBytes) {
		return (long) MAX_COST * Math.max(maxBytes, SMALLEST_SIZE);
	}

	private boolean isText(ByteBuf content, boolean last) {
		this.utf8 = Utf8.check(this.utf8, content, content.readerIndex(), content.writerIndex());
		return last ? this.utf8 == Utf8.COMPLETE : this.utf8 != Utf8.INVALID;
	}

}
