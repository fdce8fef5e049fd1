package io.github.websocketkeepalive.benchmarks;

import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/**
 * Counts what a server sends, and does no more than that and what it has to say for it.
 */
final class ReadingClient implements AutoCloseable {

	private static final int MAX_FRAME_BYTES = 16 * 1024 * 1024;

	private static final int SECONDS = 120;

	private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	/**
	 * Read until there is no more.
	 * @param port the port of the local server
	 * @param conversation what is said
	 * @return what was read
	 */
	Transfer read(int port, Conversation conversation) throws InterruptedException {
		CompletableFuture<Transfer> transfer = new CompletableFuture<>();
		WebSocketClientProtocolConfig config = WebSocketClientProtocolConfig.newBuilder()
			.webSocketUri(URI.create("ws://127.0.0.1:" + port + conversation.path()))
			.subprotocol(conversation.subprotocol())
			.maxFramePayloadLength(MAX_FRAME_BYTES)
			.withUTF8Validator(false)
			.build();
		Channel channel = new Bootstrap().group(this.loop)
			.channel(NioSocketChannel.class)
			.handler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel channel) {
					channel.pipeline()
						.addLast(new HttpClientCodec(), new HttpObjectAggregator(8192),
								new WebSocketClientProtocolHandler(config), new Reader(conversation, transfer));
				}

			})
			.connect("127.0.0.1", port)
			.sync()
			.channel();
		try {
			return transfer.get(SECONDS, TimeUnit.SECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			throw new IllegalStateException(conversation + " failed", ex);
		}
		finally {
			channel.close().sync();
		}
	}

	@Override
	public void close() throws InterruptedException {
		this.loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
	}

	/**
	 * What was read.
	 *
	 * @param bytes the payload of all messages
	 * @param nanos how long that took
	 */
	record Transfer(long bytes, long nanos) {
	}

	private static final class Reader extends SimpleChannelInboundHandler<WebSocketFrame> {

		private final Conversation conversation;

		private final CompletableFuture<Transfer> transfer;

		private long began;

		private long bytes;

		private long messages;

		Reader(Conversation conversation, CompletableFuture<Transfer> transfer) {
			this.conversation = conversation;
			this.transfer = transfer;
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
				this.began = System.nanoTime();
				this.conversation.begin(context);
			}
		}

		@Override
		protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
			this.bytes += frame.content().readableBytes();
			if (!(frame instanceof ContinuationWebSocketFrame)
					&& !this.conversation.answer(context, frame.content(), this.messages++)) {
				end();
			}
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			end();
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
			this.transfer.completeExceptionally(failure);
		}

		private void end() {
			this.transfer.complete(new Transfer(this.bytes, System.nanoTime() - this.began));
		}

	}

}
