package io.github.websocketkeepalive.test;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;

/**
 * Many well-behaved clients on one thread of their own: each answers every ping.
 */
public final class LiveClients implements AutoCloseable {

	private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final List<Channel> channels = new ArrayList<>();

	private final AtomicInteger pings = new AtomicInteger();

	private final AtomicInteger messages = new AtomicInteger();

	private final List<CloseFrame> closeFrames = new CopyOnWriteArrayList<>();

	public static LiveClients connect(int count, URI uri) throws InterruptedException {
		LiveClients clients = new LiveClients();
		clients.add(count, uri);
		return clients;
	}

	public void add(int count, URI uri) throws InterruptedException {
		add(count, uri, null);
	}

	/**
	 * Connect more clients.
	 * @param count how many
	 * @param uri where to
	 * @param localAddress where from, or {@code null} for any address
	 */
	public void add(int count, URI uri, SocketAddress localAddress) throws InterruptedException {
		List<ChannelFuture> handshakes = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			WebSocketClientProtocolHandler protocol = new WebSocketClientProtocolHandler(
					WebSocketClientHandshakerFactory.newHandshaker(uri, WebSocketVersion.V13, null, true,
							new DefaultHttpHeaders(), 1 << 20),
					true, false);
			Opening opening = new Opening();
			Channel channel = new Bootstrap().group(this.group)
				.channel(NioSocketChannel.class)
				.handler(new ChannelInitializer<>() {

					@Override
					protected void initChannel(Channel channel) {
						channel.pipeline()
							.addLast(new HttpClientCodec(), new HttpObjectAggregator(8192), new FrameWatcher(),
									protocol, opening);
					}

				})
				.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), localAddress)
				.sync()
				.channel();
			this.channels.add(channel);
			handshakes.add(opening.opened(channel));
		}
		for (ChannelFuture handshake : handshakes) {
			handshake.sync();
		}
	}

	public long open() {
		return this.channels.stream().filter(Channel::isActive).count();
	}

	public int pings() {
		return this.pings.get();
	}

	public int messages() {
		return this.messages.get();
	}

	public int closedWith(int code) {
		return (int) this.closeFrames.stream().filter((frame) -> frame.code() == code).count();
	}

	public List<CloseFrame> closeFrames() {
		return this.closeFrames;
	}

	public void sendText(String text) {
		this.channels.forEach((channel) -> channel.writeAndFlush(new TextWebSocketFrame(text)));
	}

	@Override
	public void close() {
		this.channels.forEach(Channel::close);
		this.group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
	}

	/**
	 * A Close frame from the server.
	 *
	 * @param code its code
	 * @param reason its reason
	 */
	public record CloseFrame(int code, String reason) {
	}

	private final class FrameWatcher extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (message instanceof PingWebSocketFrame) {
				LiveClients.this.pings.incrementAndGet();
			}
			else if (message instanceof CloseWebSocketFrame close) {
				LiveClients.this.closeFrames.add(new CloseFrame(close.statusCode(), close.reasonText()));
			}
			context.fireChannelRead(message);
		}

	}

	private final class Opening extends SimpleChannelInboundHandler<WebSocketFrame> {

		private ChannelPromise promise;

		synchronized ChannelFuture opened(Channel channel) {
			if (this.promise == null) {
				this.promise = channel.newPromise();
			}
			return this.promise;
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			if (event == WebSocketClientProtocolHandler.ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
				opened(context.channel());
				this.promise.setSuccess();
			}
		}

		@Override
		protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
			if (!(frame instanceof PongWebSocketFrame)) {
				LiveClients.this.messages.incrementAndGet();
			}
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			context.close();
		}

	}

}
