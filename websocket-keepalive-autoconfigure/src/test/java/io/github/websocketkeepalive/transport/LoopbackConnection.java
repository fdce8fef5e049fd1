package io.github.websocketkeepalive.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;

import io.github.websocketkeepalive.test.Transport;

/**
 * A TCP connection of Netty, with a meter, to a plain socket of the test.
 */
final class LoopbackConnection implements AutoCloseable {

	private final EventLoopGroup group;

	private final Channel channel;

	private final Socket peer;

	LoopbackConnection(Transport transport) throws IOException, InterruptedException {
		this(transport, 0);
	}

	LoopbackConnection(Transport transport, int receiveBufferSize) throws IOException, InterruptedException {
		boolean epoll = transport == Transport.EPOLL;
		this.group = new MultiThreadIoEventLoopGroup(1,
				epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
		try (ServerSocket server = new ServerSocket()) {
			if (receiveBufferSize > 0) {
				server.setReceiveBufferSize(receiveBufferSize);
			}
			server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			this.channel = new Bootstrap().group(this.group)
				.channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
				.handler(new ChannelInitializer<Channel>() {

					@Override
					protected void initChannel(Channel channel) {
						SocketMeter.install(channel);
					}

				})
				.connect(server.getLocalSocketAddress())
				.sync()
				.channel();
			this.peer = server.accept();
		}
	}

	Channel channel() {
		return this.channel;
	}

	Socket peer() {
		return this.peer;
	}

	ChannelFuture write(int bytes) {
		return this.channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[bytes]));
	}

	/**
	 * Call something on the event loop of the channel.
	 */
	<T> T call(Callable<T> callable) {
		return this.channel.eventLoop().submit(callable).syncUninterruptibly().getNow();
	}

	@Override
	public void close() throws IOException {
		this.peer.close();
		this.channel.close();
		this.group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
	}

}
