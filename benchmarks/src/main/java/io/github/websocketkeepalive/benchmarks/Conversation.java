package io.github.websocketkeepalive.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.stream.codec.StreamCodec;
import io.github.websocketkeepalive.stream.codec.StreamCodecs;
import io.github.websocketkeepalive.stream.protocol.ClientFrame;

/**
 * What a client says to a server to get its rows.
 */
interface Conversation {

	String path();

	default @Nullable String subprotocol() {
		return null;
	}

	default void begin(ChannelHandlerContext context) {
	}

	/**
	 * Take the first frame of a message.
	 * @param context sends what is said
	 * @param content the payload
	 * @param number how many messages there were before
	 * @return whether more is to come
	 */
	boolean answer(ChannelHandlerContext context, ByteBuf content, long number);

	/**
	 * Return how many rows were sent before a message.
	 * @param content the payload of its first frame
	 * @param number how many messages there were before
	 * @return the number of rows, or -1 if the message brings none
	 */
	default long position(ByteBuf content, long number) {
		return number;
	}

	/**
	 * Listens until the server closes.
	 *
	 * @param path the path of the handler
	 */
	record Plain(String path) implements Conversation {

		@Override
		public boolean answer(ChannelHandlerContext context, ByteBuf content, long number) {
			return true;
		}

	}

	/**
	 * Answers each message.
	 */
	record ByHand() implements Conversation {

		@Override
		public String path() {
			return "/";
		}

		@Override
		public boolean answer(ChannelHandlerContext context, ByteBuf content, long number) {
			context.writeAndFlush(new TextWebSocketFrame("ACK"));
			return true;
		}

	}

	/**
	 * Opens a stream, and acknowledges with every fourth batch what came before it.
	 *
	 * @param codec the encoding
	 * @param source the source
	 */
	record Resumable(StreamCodec codec, String source) implements Conversation {

		/**
		 * Half the window, as our own clients do.
		 */
		private static final int ACKNOWLEDGED = 4;

		private static final int TYPE = "{\"type\":\"".length();

		private static final int OFFSET = "{\"type\":\"batch\",\"stream\":\"s\",\"offset\":".length();

		private static final int BINARY_TYPE = 7;

		private static final int BINARY_OFFSET = 28;

		static Resumable of(String format, String source) {
			return new Resumable(new StreamCodecs(JsonMapper.shared()).find("resumable.v1." + format), source);
		}

		@Override
		public String path() {
			return ThroughputServer.STREAMS;
		}

		@Override
		public String subprotocol() {
			return this.codec.subprotocol();
		}

		@Override
		public void begin(ChannelHandlerContext context) {
			send(context, new ClientFrame.Open("s", null, this.source, Map.of(), null, null));
		}

		@Override
		public boolean answer(ChannelHandlerContext context, ByteBuf content, long number) {
			return switch (type(content)) {
				case 'o' -> true;
				case 'b' -> {
					if (number % ACKNOWLEDGED == 0) {
						send(context, new ClientFrame.Ack("s", position(content, number)));
					}
					yield true;
				}
				default -> {
					if (content.readableBytes() > OFFSET + Long.SIZE) {
						throw new IllegalStateException(content.toString(StandardCharsets.UTF_8));
					}
					yield false;
				}
			};
		}

		@Override
		public long position(ByteBuf content, long number) {
			if (type(content) != 'b') {
				return -1;
			}
			return this.codec.binary() ? binaryOffset(content) : offset(content);
		}

		private byte type(ByteBuf content) {
			return content.getByte(content.readerIndex() + (this.codec.binary() ? BINARY_TYPE : TYPE));
		}

		private void send(ChannelHandlerContext context, ClientFrame frame) {
			ByteBuf message = this.codec.encode(frame, context.alloc());
			context.writeAndFlush(
					this.codec.binary() ? new BinaryWebSocketFrame(message) : new TextWebSocketFrame(message));
		}

		private static long offset(ByteBuf content) {
			int index = content.readerIndex() + OFFSET;
			long offset = 0;
			for (byte digit = content.getByte(index); digit != ','; digit = content.getByte(++index)) {
				offset = 10 * offset + digit - '0';
			}
			return offset;
		}

		private long binaryOffset(ByteBuf content) {
			int index = content.readerIndex() + BINARY_OFFSET;
			int one = this.codec.subprotocol().endsWith("cbor") ? 0x18 : 0xCC;
			int code = content.getUnsignedByte(index);
			return switch (code - one) {
				case 0 -> content.getUnsignedByte(index + 1);
				case 1 -> content.getUnsignedShort(index + 1);
				case 2 -> content.getUnsignedInt(index + 1);
				default -> code;
			};
		}

	}

}
