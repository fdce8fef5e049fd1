package io.github.websocketkeepalive.transport;

import java.time.Duration;

import io.netty.channel.DefaultMessageSizeEstimator;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.websocketkeepalive.liveness.Evidence;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link TcpEvidence}, on connections that the kernel really knows.
 */
class TcpEvidenceTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final long SILENCE = Duration.ofHours(1).toNanos();

	private static final int SMALL_BUFFER = 4096;

	private static final int MUCH = 8 * 1024 * 1024;

	private final TcpEvidence evidence = new TcpEvidence();

	@Test
	void aPeerWhoseHostHasTakenEverythingHasThePing() throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(Transport.EPOLL)) {
			connection.write(10).sync();
			await().atMost(PATIENCE).until(() -> look(connection) == Evidence.DELIVERED);
		}
	}

	@Test
	void aPeerWhoseHostHasTakenMuchMayNotHaveReadThePing() throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(Transport.EPOLL)) {
			connection.write(64 * 1024 + 1).sync();
			await().atMost(PATIENCE).until(() -> {
				TcpInfo info = connection.call(() -> TcpInfo.of(connection.channel()));
				return info.unacknowledged() == 0 && info.bytesNotSent() == 0;
			});
			assertThat(look(connection)).isEqualTo(Evidence.STUCK);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aPeerThatTakesNothingIsStuckAndOneThatTakesSomeIsDelivering(Transport transport) throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(transport, SMALL_BUFFER)) {
			connection.write(MUCH);
			await().atMost(PATIENCE)
				.until(() -> look(connection) == Evidence.STUCK && look(connection) == Evidence.STUCK);
			connection.peer().getInputStream().readNBytes(MUCH / 2);
			await().atMost(PATIENCE).until(() -> look(connection) == Evidence.DELIVERING);
			await().atMost(PATIENCE).until(() -> look(connection) == Evidence.STUCK);
		}
	}

	@Test
	void theFirstLookComparesTheLastAcknowledgementWithTheSilence() throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(Transport.EPOLL, SMALL_BUFFER)) {
			connection.write(MUCH);
			await().atMost(PATIENCE).until(() -> look(connection) == Evidence.STUCK);
			assertThat(connection.call(() -> new TcpEvidence().look(connection.channel(), SILENCE)))
				.isEqualTo(Evidence.DELIVERING);
			assertThat(connection.call(() -> new TcpEvidence().look(connection.channel(), 0)))
				.isEqualTo(Evidence.STUCK);
		}
	}

	@Test
	void aPeerWhoseHostHasTakenThePingHasItWhateverFollows() throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(Transport.EPOLL, SMALL_BUFFER)) {
			connection.write(10).sync();
			TcpEvidence pinged = new TcpEvidence(connection.call(() -> TcpEvidence.bytesSent(connection.channel())));
			connection.write(32 * 1024);
			await().atMost(PATIENCE).until(() -> look(connection) == Evidence.STUCK);
			assertThat(connection.call(() -> pinged.look(connection.channel(), SILENCE))).isEqualTo(Evidence.DELIVERED);
		}
	}

	@Test
	void bytesThatArrivedUnreadAreSeen() throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(Transport.EPOLL)) {
			connection.channel().config().setAutoRead(false);
			for (int i = 0; i < 2; i++) {
				await().atMost(PATIENCE).until(() -> {
					connection.peer().getOutputStream().write(1);
					return look(connection) == Evidence.RECEIVING;
				});
				await().atMost(PATIENCE).until(() -> look(connection) == Evidence.DELIVERED);
			}
		}
	}

	@Test
	void bytesThatWereReadAreNoNews() throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(Transport.EPOLL)) {
			connection.peer().getOutputStream().write(new byte[10]);
			WireMeter meter = SocketMeter.find(connection.channel());
			await().atMost(PATIENCE).until(() -> connection.call(meter::bytesReceived) == 10);
			assertThat(look(connection)).isEqualTo(Evidence.DELIVERED);
		}
	}

	@Test
	void onNioAPingThatTheKernelTakesIsNoProgressOfThePeer() throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(Transport.NIO)) {
			connection.write(10).sync();
			assertThat(look(connection)).isEqualTo(Evidence.UNKNOWN);
			connection.write(10).sync();
			assertThat(look(connection)).isEqualTo(Evidence.UNKNOWN);
		}
	}

	@Test
	void onNioAPeerThatWasSentMuchMayBeBusyWithIt() throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(Transport.NIO)) {
			connection.write(64 * 1024).sync();
			assertThat(look(connection)).isEqualTo(Evidence.UNKNOWN);
			connection.write(1).sync();
			assertThat(look(connection)).isEqualTo(Evidence.STUCK);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aPeerThatAnswersIsNoLongerBusy(Transport transport) throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(transport)) {
			connection.write(128 * 1024).sync();
			connection.peer().getInputStream().readNBytes(128 * 1024);
			connection.peer().getOutputStream().write(1);
			Evidence calm = (transport == Transport.EPOLL) ? Evidence.DELIVERED : Evidence.UNKNOWN;
			await().atMost(PATIENCE).until(() -> look(connection) == calm);
		}
	}

	@Test
	void aChannelWithoutAMeterIsKnownByTheKernelAlone() throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(Transport.EPOLL)) {
			connection.channel().config().setMessageSizeEstimator(DefaultMessageSizeEstimator.DEFAULT);
			connection.write(128 * 1024).sync();
			connection.peer().getInputStream().readNBytes(128 * 1024);
			await().atMost(PATIENCE).until(() -> look(connection) == Evidence.DELIVERED);
		}
	}

	@Test
	void aChannelThatIsNoConnectionTellsNothing() {
		EmbeddedChannel channel = new EmbeddedChannel();
		assertThat(this.evidence.look(channel, SILENCE)).isEqualTo(Evidence.UNKNOWN);
		channel.close();
	}

	private Evidence look(LoopbackConnection connection) {
		return connection.call(() -> this.evidence.look(connection.channel(), SILENCE));
	}

}
