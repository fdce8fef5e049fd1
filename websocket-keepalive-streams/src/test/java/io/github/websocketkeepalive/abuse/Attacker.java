package io.github.websocketkeepalive.abuse;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import org.jspecify.annotations.Nullable;

/**
 * One client that does what an {@link Abuse} says, and comes back whenever its connection
 * has ended.
 */
final class Attacker {

	private static final int SMALL_BUFFER = 4096;

	private static final int SLOW_READ = 1024;

	private final Abuse abuse;

	private final Abuse.Script script;

	private final Wire wire;

	private final int port;

	private final EventLoopGroup group;

	private final AtomicInteger connected;

	private volatile boolean stopped;

	private volatile @Nullable Channel connection;

	Attacker(Abuse abuse, Abuse.Script script, Wire wire, int port, EventLoopGroup group, AtomicInteger connected) {
		this.abuse = abuse;
		this.script = script;
		this.wire = wire;
		this.port = port;
		this.group = group;
		this.connected = connected;
	}

	void connect() {
		if (this.stopped) {
			return;
		}
		Bootstrap bootstrap = new Bootstrap().group(this.group)
			.channel(NioSocketChannel.class)
			.option(ChannelOption.TCP_NODELAY, true)
			.handler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel channel) {
					if (Attacker.this.wire.isHttp2()) {
						channel.pipeline()
							.addLast(Http2FrameCodecBuilder.forClient().build(),
									new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()), new Streams());
					}
					else {
						channel.pipeline()
							.addLast(new Conversation.OverHttp1(Attacker.this.abuse, Attacker.this.wire.isDeflate(),
									conversation()));
					}
				}

			});
		if (this.abuse.reading() != Abuse.Reading.ALL) {
			bootstrap.option(ChannelOption.SO_RCVBUF, SMALL_BUFFER);
		}
		if (this.abuse.reading() == Abuse.Reading.SLOW) {
			bootstrap.option(ChannelOption.RECVBUF_ALLOCATOR,
					new FixedRecvByteBufAllocator(SLOW_READ).maxMessagesPerRead(1));
		}
		ChannelFuture connecting = bootstrap.connect("localhost", this.port);
		this.connection = connecting.channel();
		connecting.channel().closeFuture().addListener((closed) -> comeBack());
	}

	private Conversation conversation() {
		return new Conversation(this.abuse, this.script, this.connected::incrementAndGet, this::reset);
	}

	private void comeBack() {
		Duration pause = this.abuse.pauseBeforeReturn();
		if (!this.stopped) {
			this.group.schedule(this::connect, pause.toMillis(), TimeUnit.MILLISECONDS);
		}
	}

	private void reset() {
		Channel channel = this.connection;
		if (channel != null && channel.isOpen()) {
			channel.config().setOption(ChannelOption.SO_LINGER, 0);
			close(channel);
		}
	}

	void stop() {
		this.stopped = true;
		Channel channel = this.connection;
		if (channel != null) {
			close(channel);
		}
	}

	// The codec of HTTP/2 would wait for its streams.
	private static void close(Channel channel) {
		ChannelHandlerContext first = channel.pipeline().firstContext();
		if (first != null) {
			first.close();
		}
		else {
			channel.close();
		}
	}

	/**
	 * Opens the WebSockets of a connection of HTTP/2.
	 */
	private final class Streams extends ChannelInboundHandlerAdapter {

		private boolean opened;

		private int begun;

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (message instanceof Http2SettingsFrame && !this.opened) {
				this.opened = true;
				for (int i = 0; i < Attacker.this.abuse.streams(); i++) {
					open(context.channel());
				}
			}
			context.fireChannelRead(message);
		}

		private void open(Channel parent) {
			Conversation conversation = conversation();
			conversation.onBegin(() -> violate(parent));
			Conversation.OverHttp2 way = new Conversation.OverHttp2(Attacker.this.abuse, Attacker.this.wire,
					conversation);
			new Http2StreamChannelBootstrap(parent).handler(way).open().addListener((opened) -> {
				if (opened.isSuccess()) {
					way.request((Channel) opened.getNow());
				}
				else {
					Attacker.close(parent);
				}
			});
		}

		// Written below the codec, which would refuse.
		private void violate(Channel parent) {
			byte[] frame = Attacker.this.abuse.violation();
			if (frame != null && ++this.begun == Attacker.this.abuse.streams()) {
				parent.pipeline()
					.context(Http2FrameCodec.class)
					.writeAndFlush(parent.alloc().buffer().writeBytes(frame));
			}
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
			Attacker.close(context.channel());
		}

	}

}
