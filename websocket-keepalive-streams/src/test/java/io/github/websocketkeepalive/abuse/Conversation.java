package io.github.websocketkeepalive.abuse;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.test.Http2DataFrames;
import io.github.websocketkeepalive.test.RawClient;

/**
 * What is sent and read on one connection or stream of an attacker. Confined to its event
 * loop.
 */
final class Conversation extends ChannelInboundHandlerAdapter {

	private static final int BEGINNING = 64 * 1024;

	private static final String DEFLATE = "permessage-deflate";

	private final Abuse abuse;

	private final Abuse.Script script;

	private final Runnable begun;

	private final Runnable reset;

	private Runnable onBegin = () -> {
	};

	private @Nullable Channel channel;

	private int piece;

	private long received;

	private boolean stalled;

	Conversation(Abuse abuse, Abuse.Script script, Runnable begun, Runnable reset) {
		this.abuse = abuse;
		this.script = script;
		this.begun = begun;
		this.reset = reset;
	}

	void onBegin(Runnable callback) {
		this.onBegin = callback;
	}

	/**
	 * Begin, because the WebSocket is open.
	 */
	void begin(Channel channel) {
		this.channel = channel;
		this.begun.run();
		this.onBegin.run();
		switch (this.abuse.reading()) {
			case NONE -> channel.config().setAutoRead(false);
			case SLOW -> {
				channel.config().setAutoRead(false);
				channel.eventLoop().schedule(this::readSlowly, 1, TimeUnit.SECONDS);
			}
			default -> {
			}
		}
		say();
	}

	private void readSlowly() {
		if (this.channel.isActive()) {
			this.channel.read();
			this.channel.eventLoop().schedule(this::readSlowly, 1, TimeUnit.SECONDS);
		}
	}

	private void say() {
		if (!this.channel.isActive()) {
			return;
		}
		this.stalled = !this.channel.isWritable();
		if (this.stalled) {
			return;
		}
		byte[] bytes = this.script.next(this.piece++);
		if (bytes != null) {
			this.channel.writeAndFlush(Unpooled.wrappedBuffer(bytes));
			this.channel.eventLoop().schedule(this::say, this.abuse.pause().toNanos(), TimeUnit.NANOSECONDS);
		}
		else if (this.abuse.isLeaving()) {
			this.channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
				.addListener((ChannelFutureListener) (written) -> this.reset.run());
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		if (this.stalled && context.channel().isWritable()) {
			say();
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		ByteBuf bytes = (ByteBuf) message;
		this.received += bytes.readableBytes();
		bytes.release();
		if (this.abuse.reading() == Abuse.Reading.BEGINNING && this.received >= BEGINNING) {
			context.channel().config().setAutoRead(false);
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
		this.reset.run();
	}

	/**
	 * The way to a conversation over HTTP/1.1.
	 */
	static final class OverHttp1 extends ChannelInboundHandlerAdapter {

		private final Abuse abuse;

		private final Conversation conversation;

		private final StringBuilder head = new StringBuilder();

		private final boolean deflate;

		OverHttp1(Abuse abuse, boolean deflate, Conversation conversation) {
			this.abuse = abuse;
			this.deflate = deflate;
			this.conversation = conversation;
		}

		@Override
		public void channelActive(ChannelHandlerContext context) {
			if (this.abuse.isHandshaking()) {
				String extensions = this.deflate ? "Sec-WebSocket-Extensions: " + DEFLATE : "X-Plain: true";
				String[] headers = this.abuse.headers().toArray(new String[this.abuse.headers().size() + 1]);
				headers[headers.length - 1] = extensions;
				String request = RawClient.handshake(this.abuse.path(), headers);
				context.writeAndFlush(Unpooled.copiedBuffer(request, StandardCharsets.ISO_8859_1));
			}
			else {
				begin(context);
			}
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			ByteBuf bytes = (ByteBuf) message;
			while (bytes.isReadable() && this.head.indexOf("\r\n\r\n") < 0) {
				this.head.append((char) bytes.readUnsignedByte());
			}
			if (this.head.indexOf("\r\n\r\n") < 0) {
				bytes.release();
			}
			else if (this.head.indexOf("HTTP/1.1 101") == 0) {
				begin(context);
				context.pipeline().fireChannelRead(bytes);
			}
			else {
				bytes.release();
				context.close();
			}
		}

		private void begin(ChannelHandlerContext context) {
			context.pipeline().replace(this, null, this.conversation);
			this.conversation.begin(context.channel());
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
			context.close();
		}

	}

	/**
	 * The way to a conversation on a stream of HTTP/2.
	 */
	static final class OverHttp2 extends ChannelInitializer<Channel> {

		private final Abuse abuse;

		private final Wire wire;

		private final Conversation conversation;

		OverHttp2(Abuse abuse, Wire wire, Conversation conversation) {
			this.abuse = abuse;
			this.wire = wire;
			this.conversation = conversation;
		}

		@Override
		protected void initChannel(Channel stream) {
			CompletableFuture<Http2Headers> response = new CompletableFuture<>();
			response.thenAccept((headers) -> {
				if ("200".contentEquals(headers.status())) {
					this.conversation.begin(stream);
				}
				else {
					this.conversation.reset.run();
				}
			});
			stream.pipeline().addLast(new Http2DataFrames(response, new AtomicInteger()), this.conversation);
			stream.closeFuture().addListener((closed) -> this.conversation.reset.run());
		}

		void request(Channel stream) {
			stream.writeAndFlush(new DefaultHttp2HeadersFrame(headers()));
		}

		private Http2Headers headers() {
			Http2Headers request = new DefaultHttp2Headers(false).method("CONNECT")
				.scheme("http")
				.authority("localhost")
				.path(this.abuse.path())
				.set(Http2Headers.PseudoHeaderName.PROTOCOL.value(), "websocket")
				.set("sec-websocket-version", "13");
			if (this.wire.isDeflate()) {
				request.set("sec-websocket-extensions", DEFLATE);
			}
			for (String header : this.abuse.headers()) {
				String[] nameAndValue = header.split(": ", 2);
				request.set(nameAndValue[0].toLowerCase(Locale.ROOT), nameAndValue[1]);
			}
			return request;
		}

	}

}
