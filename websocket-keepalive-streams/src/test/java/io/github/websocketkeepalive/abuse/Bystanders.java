package io.github.websocketkeepalive.abuse;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;

import io.github.websocketkeepalive.test.RawClient;

/**
 * Clients that have an echo of theirs measured all the time, on one thread of their own.
 */
final class Bystanders implements AutoCloseable {

	private static final Abuse ECHO = Abuse.of("echo").at("/echo/bystander");

	private static final byte[] MESSAGE = RawClient.frame(true, RawClient.BINARY, new byte[64]);

	private static final int REPLY = 2 + 64;

	private static final Duration PAUSE = Duration.ofMillis(40);

	private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final ConcurrentLinkedQueue<Long> latencies = new ConcurrentLinkedQueue<>();

	private final List<Echo> echoes = new ArrayList<>();

	Bystanders(int count, int port) throws InterruptedException {
		for (int i = 0; i < count; i++) {
			Echo echo = new Echo();
			new Bootstrap().group(this.group)
				.channel(NioSocketChannel.class)
				.option(ChannelOption.TCP_NODELAY, true)
				.handler(new ChannelInitializer<>() {

					@Override
					protected void initChannel(Channel channel) {
						channel.pipeline()
							.addLast(new Conversation.OverHttp1(ECHO, false, new Conversation(ECHO, (piece) -> null,
									() -> channel.pipeline().addFirst(echo), channel::close)));
					}

				})
				.connect("localhost", port)
				.sync();
			this.echoes.add(echo);
		}
	}

	/**
	 * Forget what was measured.
	 */
	void begin() {
		this.latencies.clear();
	}

	/**
	 * Return the latency that 99 of 100 echoes do not exceed since the beginning. An echo
	 * that has not come yet counts with what it waited so far.
	 */
	Duration p99() {
		List<Long> measured = new ArrayList<>(this.latencies);
		long now = System.nanoTime();
		this.echoes.stream()
			.filter((echo) -> echo.waiting && echo.open)
			.forEach((echo) -> measured.add(now - echo.sentAt));
		long[] sorted = measured.stream().mapToLong(Long::longValue).toArray();
		Arrays.sort(sorted);
		return (sorted.length > 0) ? Duration.ofNanos(sorted[(sorted.length * 99) / 100]) : Duration.ofDays(1);
	}

	/**
	 * Return how many are open and have had an echo within some time.
	 */
	int alive(Duration within) {
		long now = System.nanoTime();
		return (int) this.echoes.stream().filter((echo) -> echo.open && now - echo.echoedAt < within.toNanos()).count();
	}

	@Override
	public void close() {
		this.group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
	}

	private final class Echo extends ChannelInboundHandlerAdapter {

		private volatile boolean open;

		private volatile boolean waiting;

		private volatile long sentAt;

		private volatile long echoedAt;

		private int received;

		@Override
		public void handlerAdded(ChannelHandlerContext context) {
			this.open = true;
			send(context);
		}

		private void send(ChannelHandlerContext context) {
			this.received = 0;
			this.sentAt = System.nanoTime();
			this.waiting = true;
			context.writeAndFlush(Unpooled.wrappedBuffer(MESSAGE));
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			ByteBuf bytes = (ByteBuf) message;
			this.received += bytes.readableBytes();
			bytes.release();
			if (this.received >= REPLY && this.waiting) {
				this.waiting = false;
				this.echoedAt = System.nanoTime();
				Bystanders.this.latencies.add(this.echoedAt - this.sentAt);
				context.executor().schedule(() -> send(context), PAUSE.toNanos(), TimeUnit.NANOSECONDS);
			}
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			this.open = false;
		}

	}

}
