package io.github.websocketkeepalive.transport;

import java.time.Duration;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SocketMeter}.
 */
class SocketMeterTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@ParameterizedTest
	@EnumSource
	void everyByteIsCountedInBothDirections(Transport transport) throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(transport)) {
			SocketMeter meter = SocketMeter.find(connection.channel());
			assertThat(meter.isConnected()).isFalse();
			connection.write(100_000).sync();
			connection.peer().getInputStream().readNBytes(100_000);
			assertThat(connection.call(meter::bytesSent)).isEqualTo(100_000);
			assertThat(connection.call(meter::bytesUnanswered)).isEqualTo(100_000);
			for (int received = 1; received <= 3; received++) {
				int expected = received;
				connection.peer().getOutputStream().write(1);
				await().atMost(PATIENCE).until(() -> connection.call(meter::bytesReceived) == expected);
			}
			connection.peer().getOutputStream().write(new byte[100_000]);
			await().atMost(PATIENCE).until(() -> connection.call(meter::bytesReceived) == 100_003);
			assertThat(connection.call(meter::bytesUnanswered)).isZero();
			assertThat(meter.isConnected()).isTrue();
		}
	}

	@ParameterizedTest
	@EnumSource
	void aReadThatFindsNothingIsNoSignOfLife(Transport transport) throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(transport)) {
			SocketMeter meter = SocketMeter.find(connection.channel());
			long lastReceived = connection.call(meter::lastReceivedNanos);
			connection.channel().config().setAutoRead(false);
			for (int i = 0; i < 10; i++) {
				connection.call(connection.channel()::read);
			}
			connection.call(() -> {
				meter.lastBytesRead(0);
				meter.lastBytesRead(-1);
				return null;
			});
			assertThat(connection.call(meter::bytesReceived)).isZero();
			assertThat(connection.call(meter::lastReceivedNanos)).isEqualTo(lastReceived);
		}
	}

	@Test
	void whatOtherThreadsQueueIsCountedOnceItIsHandedOver() throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(Transport.NIO)) {
			SocketMeter meter = SocketMeter.find(connection.channel());
			for (int i = 0; i < 10; i++) {
				connection.write(7).sync();
			}
			assertThat(connection.call(meter::bytesSent)).isEqualTo(70);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aConnectionThatTakesTurnsIsReadOnceInEach(Transport transport) throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(transport)) {
			Reads reads = new Reads(0);
			connection.channel().pipeline().addLast(reads);
			connection.call(() -> {
				SocketMeter.takeTurns(connection.channel());
				return null;
			});
			connection.peer().getOutputStream().write(new byte[1_000_000]);
			await().atMost(PATIENCE).until(() -> reads.bytes == 1_000_000);
			assertThat(connection.call(() -> reads.mostInOneTurn)).isOne();
		}
	}

	@ParameterizedTest
	@EnumSource
	void lessIsReadAtATimeOfAConnectionThatKeepsItsEventLoopBusy(Transport transport) throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(transport)) {
			Reads reads = new Reads(1000);
			connection.channel().pipeline().addLast(reads);
			connection.call(() -> {
				SocketMeter.takeTurns(connection.channel());
				return null;
			});
			connection.peer().getOutputStream().write(new byte[500_000]);
			await().atMost(PATIENCE).until(() -> reads.bytes == 500_000);
			assertThat(connection.call(() -> reads.largestOfSecondHalf)).isLessThan(4096);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aConnectionThatBeginsToTakeTurnsIsReadLittleAtFirst(Transport transport) throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(transport)) {
			Reads reads = new Reads(0);
			connection.call(() -> connection.channel().pipeline().addLast(reads));
			connection.peer().getOutputStream().write(new byte[500_000]);
			await().atMost(PATIENCE).until(() -> reads.bytes == 500_000);
			connection.call(() -> {
				SocketMeter.takeTurns(connection.channel());
				return null;
			});
			connection.peer().getOutputStream().write(new byte[ReadQuantum.FIRST_BYTES]);
			await().atMost(PATIENCE).until(() -> reads.bytes == 500_000 + ReadQuantum.FIRST_BYTES);
			assertThat(connection.call(() -> reads.lastCapacity)).isEqualTo(ReadQuantum.FIRST_BYTES);
		}
	}

	@Test
	void theAllocatorThatIsSetStillDecides() {
		EmbeddedChannel channel = new EmbeddedChannel();
		RecvByteBufAllocator allocator = new FixedRecvByteBufAllocator(77);
		channel.config().setRecvByteBufAllocator(allocator);
		SocketMeter.install(channel);
		assertThat(channel.config().<RecvByteBufAllocator>getRecvByteBufAllocator()).isSameAs(allocator);
		assertThat(channel.unsafe().recvBufAllocHandle().guess()).isEqualTo(77);
		channel.close();
	}

	@Test
	void aSecondMeterIsNotInstalled() {
		EmbeddedChannel channel = new EmbeddedChannel();
		SocketMeter.install(channel);
		SocketMeter meter = SocketMeter.find(channel);
		SocketMeter.install(channel);
		assertThat(SocketMeter.find(channel)).isSameAs(meter);
		channel.close();
	}

	@Test
	void aMeterThatSawNothingIsReplacedByATap() {
		EmbeddedChannel channel = new EmbeddedChannel();
		channel.unsafe().recvBufAllocHandle();
		SocketMeter.install(channel);
		assertThat(WireMeter.of(channel)).isNotInstanceOf(SocketMeter.class)
			.isSameAs(ConnectionTap.install(channel.pipeline()).meter());
		channel.close();
	}

	/**
	 * Takes some time for every byte that is read.
	 */
	private static final class Reads extends ChannelInboundHandlerAdapter {

		private final long nanosForAByte;

		private volatile int bytes;

		private int largestOfSecondHalf;

		private int lastCapacity;

		private int inThisTurn;

		private int mostInOneTurn;

		Reads(long nanosForAByte) {
			this.nanosForAByte = nanosForAByte;
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			int length = ((ByteBuf) message).readableBytes();
			this.lastCapacity = ((ByteBuf) message).capacity();
			ReferenceCountUtil.release(message);
			if (this.bytes >= 250_000) {
				this.largestOfSecondHalf = Math.max(this.largestOfSecondHalf, length);
			}
			long end = System.nanoTime() + length * this.nanosForAByte;
			while (System.nanoTime() < end) {
				Thread.onSpinWait();
			}
			this.inThisTurn++;
			this.mostInOneTurn = Math.max(this.mostInOneTurn, this.inThisTurn);
			this.bytes += length;
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext context) {
			this.inThisTurn = 0;
		}

	}

}
