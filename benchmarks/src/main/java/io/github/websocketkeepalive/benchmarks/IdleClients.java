package io.github.websocketkeepalive.benchmarks;

import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.GlobalEventExecutor;

/**
 * Many WebSockets on one thread that say nothing but pong.
 */
final class IdleClients implements AutoCloseable {

	private static final int HANDSHAKES_AT_ONCE = 100;

	private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

	private final Semaphore handshakes = new Semaphore(HANDSHAKES_AT_ONCE);

	private final AtomicInteger ended = new AtomicInteger();

	private final CountDownLatch opened;

	private final CountDownLatch pinged;

	private IdleClients(int count) {
		this.opened = new CountDownLatch(count);
		this.pinged = new CountDownLatch(count);
	}

	/**
	 * Open WebSockets to a local server.
	 * @param count how many
	 * @param port the port of the server
	 * @return the clients, all of which are open
	 */
	static IdleClients open(int count, int port) throws InterruptedException {
		IdleClients clients = new IdleClients(count);
		URI uri = URI.create("ws://127.0.0.1:" + port + BenchmarkServer.PATH);
		Bootstrap bootstrap = new Bootstrap().group(clients.loop)
			.channel(NioSocketChannel.class)
			.handler(clients.initializer(uri));
		for (int i = 0; i < count; i++) {
			if (!clients.handshakes.tryAcquire(30, TimeUnit.SECONDS)) {
				throw new IllegalStateException("The server answers no handshakes");
			}
			ChannelFuture connected = bootstrap.connect(uri.getHost(), port);
			clients.channels.add(connected.channel());
		}
		if (!clients.opened.await(60, TimeUnit.SECONDS)) {
			throw new IllegalStateException(clients.opened.getCount() + " of " + count + " did not open");
		}
		return clients;
	}

	private ChannelInitializer<Channel> initializer(URI uri) {
		WebSocketClientProtocolConfig config = WebSocketClientProtocolConfig.newBuilder()
			.webSocketUri(uri)
			.dropPongFrames(true)
			.build();
		return new ChannelInitializer<>() {

			@Override
			protected void initChannel(Channel channel) {
				channel.pipeline()
					.addLast(new HttpClientCodec(), new HttpObjectAggregator(8192), new FirstPing(),
							new WebSocketClientProtocolHandler(config), new Lifecycle());
			}

		};
	}

	void awaitPings() throws InterruptedException {
		if (!this.pinged.await(60, TimeUnit.SECONDS)) {
			throw new IllegalStateException(this.pinged.getCount() + " were not pinged");
		}
	}

	int ended() {
		return this.ended.get();
	}

	@Override
	public void close() throws InterruptedException {
		this.channels.close().await();
		this.loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
	}

	private final class FirstPing extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (message instanceof PingWebSocketFrame) {
				IdleClients.this.pinged.countDown();
				context.pipeline().remove(this);
			}
			context.fireChannelRead(message);
		}

	}

	private final class Lifecycle extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			ReferenceCountUtil.release(message);
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
				IdleClients.this.opened.countDown();
				IdleClients.this.handshakes.release();
			}
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			IdleClients.this.ended.incrementAndGet();
		}

	}

}
