package io.github.websocketkeepalive.benchmarks;

import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;

/**
 * Many WebSockets on one thread that hold the same conversation, and count the messages.
 */
final class Subscribers implements AutoCloseable {

	private static final int HANDSHAKES_AT_ONCE = 100;

	/**
	 * Maximum number of seconds that a handshake may take on a busy machine.
	 */
	private static final int PATIENCE = 60;

	private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1,
			new DefaultThreadFactory("subscribers", true), NioIoHandler.newFactory());

	private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

	private final Semaphore handshakes = new Semaphore(HANDSHAKES_AT_ONCE);

	private final AtomicInteger ended = new AtomicInteger();

	private final LongAdder frames = new LongAdder();

	private final LongAdder messages = new LongAdder();

	private final CountDownLatch opened;

	private final Conversation conversation;

	private Subscribers(int count, Conversation conversation) {
		this.opened = new CountDownLatch(count);
		this.conversation = conversation;
	}

	/**
	 * Open WebSockets to a local server.
	 * @param count how many
	 * @param port the port of the server
	 * @param conversation what each of them says
	 * @return the subscribers, all of which are open
	 */
	static Subscribers open(int count, int port, Conversation conversation) throws InterruptedException {
		Subscribers subscribers = new Subscribers(count, conversation);
		Bootstrap bootstrap = new Bootstrap().group(subscribers.loop)
			.channel(NioSocketChannel.class)
			.handler(subscribers.initializer(port));
		for (int i = 0; i < count; i++) {
			if (!subscribers.handshakes.tryAcquire(PATIENCE, TimeUnit.SECONDS)) {
				throw new IllegalStateException("The server answers no handshakes");
			}
			ChannelFuture connected = bootstrap.connect("127.0.0.1", port);
			subscribers.channels.add(connected.channel());
		}
		if (!subscribers.opened.await(PATIENCE, TimeUnit.SECONDS)) {
			throw new IllegalStateException(subscribers.opened.getCount() + " of " + count + " did not open");
		}
		return subscribers;
	}

	private ChannelInitializer<Channel> initializer(int port) {
		WebSocketClientProtocolConfig config = WebSocketClientProtocolConfig.newBuilder()
			.webSocketUri(URI.create("ws://127.0.0.1:" + port + this.conversation.path()))
			.subprotocol(this.conversation.subprotocol())
			.handshakeTimeoutMillis(TimeUnit.SECONDS.toMillis(PATIENCE))
			.dropPongFrames(true)
			.withUTF8Validator(false)
			.build();
		return new ChannelInitializer<>() {

			@Override
			protected void initChannel(Channel channel) {
				channel.pipeline()
					.addLast(new HttpClientCodec(), new HttpObjectAggregator(8192),
							new WebSocketClientProtocolHandler(config), new Subscriber());
			}

		};
	}

	/**
	 * Return how many messages all subscribers together have received since their first.
	 * @return the number of messages
	 */
	long messages() {
		return this.messages.sum();
	}

	/**
	 * Return how many frames all subscribers together have received.
	 * @return the number of frames
	 */
	long frames() {
		return this.frames.sum();
	}

	int ended() {
		return this.ended.get();
	}

	@Override
	public void close() throws InterruptedException {
		this.channels.close().await();
		this.loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
	}

	private final class Subscriber extends SimpleChannelInboundHandler<WebSocketFrame> {

		private long frames;

		private long position = -1;

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
				Subscribers.this.opened.countDown();
				Subscribers.this.handshakes.release();
				Subscribers.this.conversation.begin(context);
			}
		}

		@Override
		protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
			Subscribers.this.frames.increment();
			count(Subscribers.this.conversation.position(frame.content(), this.frames));
			Subscribers.this.conversation.answer(context, frame.content(), this.frames++);
		}

		private void count(long position) {
			if (this.position >= 0 && position >= 0) {
				Subscribers.this.messages.add(position - this.position);
			}
			this.position = position;
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			Subscribers.this.ended.incrementAndGet();
		}

	}

}
