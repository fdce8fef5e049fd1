package io.github.websocketkeepalive.guard;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.jspecify.annotations.Nullable;

/**
 * The rules of RFC 6455 that one frame alone can break and that Netty's codec, as Reactor
 * Netty uses it, leaves to the application. The codec itself holds the others.
 */
public final class FrameRules {

	private static final int MAX_CLOSE_CODE = 4999;

	private FrameRules() {
	}

	/**
	 * Check a frame, behind the extensions.
	 * @param frame the frame, which is not consumed
	 * @return the rule that it breaks, or {@code null} if it breaks none
	 */
	public static @Nullable Violation check(WebSocketFrame frame) {
		if (frame.rsv() != 0) {
			return Violation.protocolError("reserved bits without an extension");
		}
		ByteBuf content = frame.content();
		if (frame instanceof CloseWebSocketFrame) {
			return checkClose(content);
		}
		boolean wholeText = frame instanceof TextWebSocketFrame && frame.isFinalFragment();
		return (wholeText && !isText(content, content.readerIndex())) ? Violation.notUtf8("text") : null;
	}

	private static @Nullable Violation checkClose(ByteBuf content) {
		if (content.readableBytes() < 2) {
			return content.isReadable() ? Violation.protocolError("half a close code") : null;
		}
		if (content.getUnsignedShort(content.readerIndex()) > MAX_CLOSE_CODE) {
			return Violation.protocolError("close code above " + MAX_CLOSE_CODE);
		}
		return isText(content, content.readerIndex() + 2) ? null : Violation.notUtf8("close reason");
	}

	private static boolean isText(ByteBuf content, int from) {
		return Utf8.check(Utf8.COMPLETE, content, from, content.writerIndex()) == Utf8.COMPLETE;
	}

}
