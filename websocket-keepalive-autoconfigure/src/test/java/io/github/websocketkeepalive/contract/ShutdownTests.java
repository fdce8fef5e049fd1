package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.drain.Drain;
import io.github.websocketkeepalive.test.Http2Client;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.LiveClients;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a shutdown does to open WebSockets.
 */
@ExtendWith({ OutputCaptureExtension.class, LeakDetection.class })
class ShutdownTests {

	private static final Duration BUSY_MACHINE = Duration.ofSeconds(3);

	@ParameterizedTest
	@EnumSource
	void everyClientIsSentAwayInItsTurn(Transport transport, CapturedOutput output) throws Exception {
		drain(transport, 120, Duration.ofMillis(500), Duration.ofSeconds(2), "graceful");
		assertThat(output).contains("Graceful shutdown complete").doesNotContain("Graceful shutdown aborted");
	}

	@Test
	void aServerThatShutsDownAtOnceDrainsBeforeThat() throws Exception {
		drain(Transport.EPOLL, 20, Duration.ZERO, Duration.ofSeconds(1), "immediate");
	}

	@Tag("load")
	@ParameterizedTest
	@EnumSource
	void twoThousandClientsAreSentAwayInTheirTurn(Transport transport, CapturedOutput output) throws Exception {
		drain(transport, 2000, Duration.ofSeconds(1), Duration.ofSeconds(10), "graceful");
		assertThat(output).contains("Graceful shutdown complete").doesNotContain("Graceful shutdown aborted");
	}

	private static void drain(Transport transport, int count, Duration grace, Duration window, String shutdown)
			throws Exception {
		try (DrainedServer drained = new DrainedServer(transport, grace, window, shutdown);
				LiveClients clients = new LiveClients()) {
			clients.add(count / 2, drained.server().uri("/ws/echo"));
			clients.add(count / 4, drained.server().uri("/ws/push"));
			clients.add(count / 4, drained.server().uri("/ws/silent"));
			drained.awaitConnections(count);
			ScheduledExecutorService talk = Executors.newSingleThreadScheduledExecutor();
			talk.scheduleWithFixedDelay(() -> clients.sendText("x".repeat(100)), 0, count, TimeUnit.MILLISECONDS);
			Duration took = drained.shutDown();
			talk.shutdownNow();
			assertThat(took).isBetween(grace, grace.plus(window).plusSeconds(2).plus(BUSY_MACHINE));
			assertThat(drained.closed()).hasSize(count)
				.allSatisfy((end) -> assertThat(end.cause()).isEqualTo(CloseCause.DRAIN))
				.allSatisfy((end) -> assertThat(end.code()).isEqualTo(1012));
			assertThat(clients.closeFrames()).hasSize(count)
				.allSatisfy((close) -> assertThat(close.code()).isEqualTo(1012))
				.allSatisfy((close) -> assertThat(delayOf(close)).isBetween(1L, 1000L));
			assertThat(clients.closeFrames().stream().map(LiveClients.CloseFrame::reason).distinct().count())
				.isGreaterThan(Math.min(count, 1000) / 2);
			assertThat(drained.refusals()).isNotEmpty()
				.allSatisfy((response) -> assertThat(response).startsWith("HTTP/1.1 503")
					.containsIgnoringCase("\r\nRetry-After: "));
			assertThat(drained.ends().values()).hasSize(count * 3 / 4)
				.allSatisfy((end) -> assertThat(end).isEqualTo("completed 1012"));
			drained.assertNobodyClosesBeforeItsTurn();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whoIsRefusedIsToldWhenTheDrainIsOver(Transport transport) throws Exception {
		Duration grace = Duration.ofMinutes(5);
		Duration window = Duration.ofMinutes(10);
		try (DrainedServer drained = new DrainedServer(transport, grace, window, "graceful");
				LiveClients clients = LiveClients.connect(1, drained.server().uri("/ws/echo"))) {
			drained.awaitConnections(1);
			long start = System.nanoTime();
			drained.server().bean(Drain.class).start();
			String response;
			try (RawClient client = RawClient.connectOnly(drained.server().port(), 0)) {
				client.send(RawClient.handshake("/ws/echo"));
				response = client.readResponse();
			}
			Duration passed = Duration.ofNanos(System.nanoTime() - start);
			Duration longest = grace.plus(window).plusSeconds(1);
			long millis = Long.parseLong(header(response, "Retry-After-Ms"));
			assertThat(Duration.ofMillis(millis)).isBetween(longest.minus(passed).plusMillis(2500),
					longest.plusMillis(7500));
			assertThat(Long.parseLong(header(response, "Retry-After"))).isEqualTo((millis + 999) / 1000);
		}
	}

	private static String header(String response, String name) {
		Matcher matcher = Pattern.compile("(?i)\r\n" + name + ": (\\d+)\r\n").matcher(response);
		assertThat(matcher.find()).as(response).isTrue();
		return matcher.group(1);
	}

	@ParameterizedTest
	@EnumSource
	void peersThatDoNotReadAreResetAndDelayNobody(Transport transport, CapturedOutput output) throws Exception {
		Duration window = Duration.ofSeconds(2);
		List<RawClient> stalled = new ArrayList<>();
		try (DrainedServer drained = new DrainedServer(transport, Duration.ZERO, window, "graceful");
				LiveClients clients = LiveClients.connect(90, drained.server().uri("/ws/echo"))) {
			for (int i = 0; i < 10; i++) {
				stalled.add(RawClient.connect(drained.server().port(), "/ws/stalled", 4096));
			}
			drained.awaitConnections(100);
			drained.awaitPendingOutput("/ws/stalled", 10);
			assertThat(drained.shutDown()).isLessThan(window.plusSeconds(2).plus(BUSY_MACHINE));
			assertThat(clients.closedWith(1012)).isEqualTo(90);
			await().untilAsserted(() -> assertThat(drained.closed()).hasSize(100)
				.extracting(RecordingListener.Closed::cause)
				.containsOnly(CloseCause.DRAIN));
			assertThat(output).contains("10 did not answer and were reset", "Graceful shutdown complete");
		}
		finally {
			for (RawClient client : stalled) {
				client.close();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "graceful", "immediate" })
	void withoutWebSocketsNobodyWaitsForTheGrace(String shutdown) throws Exception {
		Duration grace = Duration.ofMinutes(10);
		try (DrainedServer drained = new DrainedServer(Transport.EPOLL, grace, grace, shutdown)) {
			assertThat(drained.shutDown()).isLessThan(Duration.ofSeconds(10));
		}
	}

	@Test
	void theShutdownGoesOnOnceEverybodyHasLeft() throws Exception {
		Duration grace = Duration.ofMinutes(10);
		try (DrainedServer drained = new DrainedServer(Transport.EPOLL, grace, grace, "graceful");
				LiveClients clients = LiveClients.connect(5, drained.server().uri("/ws/echo"))) {
			drained.awaitConnections(5);
			ScheduledExecutorService leave = Executors.newSingleThreadScheduledExecutor();
			leave.schedule(clients::close, 500, TimeUnit.MILLISECONDS);
			assertThat(drained.shutDown()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(20));
			leave.shutdownNow();
		}
	}

	@ParameterizedTest
	@EnumSource
	void aPeerThatSendsWithoutPauseSeesTheCloseFrame(Transport transport) throws Exception {
		try (DrainedServer drained = new DrainedServer(transport, Duration.ZERO, Duration.ZERO, "graceful");
				RawClient client = RawClient.connect(drained.server().port(), "/ws/silent")) {
			drained.awaitConnections(1);
			Thread sender = new Thread(() -> flood(client), "sender");
			sender.start();
			Thread shutdown = new Thread(drained::close, "shutdown");
			shutdown.start();
			RawClient.Frame close = client.read(RawClient.CLOSE);
			assertThat(close.closeCode()).isEqualTo(1012);
			assertThat(close.closeReason()).matches("reconnect-after=\\d{1,4}");
			assertThat(sender.isAlive()).isTrue();
			sender.interrupt();
			sender.join();
			client.sendClose(1012, "");
			assertThat(client.isClosedByServer()).isTrue();
			shutdown.join();
		}
	}

	@Test
	void aPeerThatReadsAndDoesNotAnswerIsReset() throws Exception {
		try (DrainedServer drained = new DrainedServer(Transport.NIO, Duration.ZERO, Duration.ZERO, "graceful");
				RawClient client = RawClient.connect(drained.server().port(), "/ws/echo")) {
			drained.awaitConnections(1);
			Thread shutdown = new Thread(drained::close, "shutdown");
			shutdown.start();
			assertThat(client.read(RawClient.CLOSE).closeCode()).isEqualTo(1012);
			assertThat(client.isClosedByServer()).isTrue();
			shutdown.join();
			assertThat(drained.closed()).singleElement().satisfies((end) -> {
				assertThat(end.cause()).isEqualTo(CloseCause.DRAIN);
				assertThat(end.code()).isEqualTo(1012);
			});
		}
	}

	@ParameterizedTest
	@EnumSource
	void aStreamOfHttp2ThatIsLeftOpenByItsAnswerCountsAsAnswered(Transport transport, CapturedOutput output)
			throws Exception {
		try (DrainedServer drained = new DrainedServer(transport, Duration.ZERO, Duration.ZERO, "graceful");
				Http2Client first = Http2Client.connect(drained.server().port(), false, "/ws/echo", false);
				Http2Client keepsOpen = first.connectBeside("/ws/echo");
				Http2Client reads = first.connectBeside("/ws/echo");
				RawClient silent = RawClient.connect(drained.server().port(), "/ws/silent")) {
			keepsOpen.keepStreamOpen();
			drained.awaitConnections(4);
			drained.close();
			assertThat(first.closeCode().get(10, TimeUnit.SECONDS)).isEqualTo(1012);
			assertThat(keepsOpen.closeCode().get(10, TimeUnit.SECONDS)).isEqualTo(1012);
			assertThat(reads.closeCode().get(10, TimeUnit.SECONDS)).isEqualTo(1012);
			assertThat(silent.read(RawClient.CLOSE).closeCode()).isEqualTo(1012);
			assertThat(output).contains("Drained 4 WebSockets: 1 did not answer and were reset");
		}
	}

	private static void flood(RawClient client) {
		byte[] frame = RawClient.frame(true, RawClient.BINARY, new byte[16 * 1024]);
		// Netty has nothing to do for a mask of zeros. With leak detection it would take
		// longer to undo another one than a peer has to answer a Close frame.
		Arrays.fill(frame, 4, 8, (byte) 0);
		try {
			while (!Thread.currentThread().isInterrupted()) {
				client.send(frame);
			}
		}
		catch (IOException ex) {
			// the connection was reset
		}
	}

	private static long delayOf(LiveClients.CloseFrame close) {
		assertThat(close.reason()).startsWith("reconnect-after=");
		return Long.parseLong(close.reason().substring("reconnect-after=".length()));
	}

}
