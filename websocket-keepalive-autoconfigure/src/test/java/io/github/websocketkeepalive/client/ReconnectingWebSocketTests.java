package io.github.websocketkeepalive.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mockito;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

import io.github.websocketkeepalive.client.reconnect.BackoffPolicy;
import io.github.websocketkeepalive.client.reconnect.ConnectionState;
import io.github.websocketkeepalive.client.reconnect.Disconnect;
import io.github.websocketkeepalive.client.reconnect.HandshakeFailure;
import io.github.websocketkeepalive.client.reconnect.ReconnectPolicy;
import io.github.websocketkeepalive.client.reconnect.RetryHint;
import io.github.websocketkeepalive.client.reconnect.WebSocketEndedException;
import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.liveness.PingMode;
import io.github.websocketkeepalive.test.Listening;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Exact delays, under virtual time.
 */
@ExtendWith(OutputCaptureExtension.class)
class ReconnectingWebSocketTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final List<Long> attempts = new ArrayList<>();

	private final Queue<Step> script = new ArrayDeque<>();

	private final List<ConnectionState> states = new ArrayList<>();

	private final List<String> reconnects = new ArrayList<>();

	private final ClientConnections connections = new ClientConnections();

	private VirtualTimeScheduler time;

	private Throwable failure;

	private boolean completed;

	private Mono<Void> goodbye = Mono.empty();

	private int maxAttempts = Integer.MAX_VALUE;

	private Predicate<Disconnect> until = (disconnect) -> false;

	@BeforeEach
	void startTime() {
		this.time = VirtualTimeScheduler.getOrSet();
	}

	@AfterEach
	void endTime() {
		VirtualTimeScheduler.reset();
	}

	@ParameterizedTest(name = "{0}")
	@CsvSource(delimiter = '|', textBlock = """
			killed                   | eof          | 1006 |                        | 300
			reset                    | reset        | 1006 |                        | 300
			frozen or black-holed    | ping-timeout | 1011 |                        | 300
			accepted and dropped     | eof          | 1006 |                        | 300
			going away               | peer-closed  | 1001 |                        | 300
			without a code           | peer-closed  | 1005 |                        | 300
			internal error           | peer-closed  | 1011 |                        | 300
			restarting, with a hint  | peer-closed  | 1012 | reconnect-after=12345  | 12345
			max age, with a hint     | peer-closed  | 1012 | max age; reconnect-after=600 | 600
			overloaded               | peer-closed  | 1013 |                        | 300
			behind a gateway         | peer-closed  | 1002 |                        | 300
			bad gateway              | peer-closed  | 1014 |                        | 300
			a code of a library      | peer-closed  | 3000 |                        | 300
			a code of an application | peer-closed  | 4000 |                        | 300
			failed handler           | handler-error | 1011 |                       | 300
			""")
	void aConnectionThatIsLostIsOpenedAgain(String name, String cause, int code, String reason, long delay) {
		then(SECOND, closed(cause, code, reason));
		run();
		this.time.advanceTimeBy(SECOND.plusMillis(delay - 1));
		assertThat(this.attempts).containsExactly(0L);
		this.time.advanceTimeBy(Duration.ofMillis(1));
		assertThat(this.attempts).containsExactly(0L, 1000 + delay);
		assertThat(this.reconnects).containsExactly("test " + cause);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1003, 1007, 1008, 1009, 1010, 3500, 4500 })
	void aFinalCodeEndsTheClientWithAnError(int code) {
		then(SECOND, closed("peer-closed", code, "go away"));
		run();
		this.time.advanceTimeBy(Duration.ofDays(1));
		assertThat(this.attempts).hasSize(1);
		assertThat(this.failure).isInstanceOf(WebSocketEndedException.class)
			.hasMessage("Client 'test' gave up: peer-closed " + code + " \"go away\"");
		assertThat(this.states).last().isInstanceOf(ConnectionState.Ended.class);
		assertThat(this.reconnects).isEmpty();
	}

	@Test
	void theCode1002EndsTheClientWhenItComesTwentyTimesInARow() {
		IntStream.range(0, 19).forEach((i) -> then(SECOND, closed("peer-closed", 1002, "")));
		then(SECOND, closed("peer-closed", 1012, ""));
		IntStream.range(0, 30).forEach((i) -> then(SECOND, closed("peer-closed", 1002, "")));
		run();
		this.time.advanceTimeBy(Duration.ofDays(1));
		assertThat(this.attempts).hasSize(19 + 1 + 20);
		assertThat(this.failure).isInstanceOf(WebSocketEndedException.class)
			.hasMessage("Client 'test' gave up: peer-closed 1002");
	}

	@ParameterizedTest
	@CsvSource({ "peer-closed, 1000", "local-closed, 1005" })
	void anEndThatWasMeantEndsTheClientWithoutAnError(String cause, int code) {
		then(SECOND, closed(cause, code, null));
		run();
		this.time.advanceTimeBy(Duration.ofDays(1));
		assertThat(this.attempts).hasSize(1);
		assertThat(this.completed).isTrue();
	}

	@Test
	void aRefusalIsTriedAgainWhenItsServerWantsItTo() {
		thenRefused(503, new RetryHint(Duration.ofSeconds(5), true));
		thenRefused(503, new RetryHint(Duration.ofMillis(5_005), false));
		run();
		this.time.advanceTimeBy(Duration.ofMinutes(1));
		assertThat(this.attempts).containsExactly(0L, 5_300L, 10_305L);
	}

	@Test
	void everyFurtherFailureWaitsLongerUpToTheCap() {
		IntStream.range(0, 9).forEach((i) -> thenFailed());
		run();
		this.time.advanceTimeBy(Duration.ofHours(1));
		assertThat(delays()).containsExactly(300L, 550L, 1050L, 2050L, 4050L, 8050L, 15_050L, 15_050L, 15_050L);
	}

	@Test
	void aServerThatAcceptsAndDropsSeesNoMoreHandshakesThanTheBackoffAllows() {
		IntStream.range(0, 1000).forEach((i) -> then(Duration.ZERO, closed("eof", 1006, null)));
		run();
		this.time.advanceTimeBy(Duration.ofSeconds(60));
		assertThat(this.attempts).hasSize(9);
	}

	@Test
	void onlyAStableConnectionStartsTheDelaysAnew() {
		thenFailed();
		thenFailed();
		then(Duration.ofMillis(29_999), closed("eof", 1006, null));
		then(Duration.ofSeconds(30), closed("eof", 1006, null));
		run();
		this.time.advanceTimeBy(Duration.ofHours(1));
		assertThat(delays()).containsExactly(300L, 550L, 29_999 + 1050L, 30_000 + 300L);
	}

	@Test
	void itGivesUpAfterAsManyAttemptsAsItWasTold() {
		this.maxAttempts = 3;
		IntStream.range(0, 9).forEach((i) -> thenFailed());
		run();
		this.time.advanceTimeBy(Duration.ofHours(1));
		assertThat(this.attempts).hasSize(3);
		assertThat(this.failure).isInstanceOf(WebSocketEndedException.class);
	}

	@Test
	void itGivesUpAfterTheEndThatItWasTold() {
		this.until = (disconnect) -> disconnect.cause().equals("dns-failed");
		thenFailed();
		then(null, Disconnect.failed(HandshakeFailure.DNS, new IOException("nowhere")));
		run();
		this.time.advanceTimeBy(Duration.ofHours(1));
		assertThat(this.attempts).hasSize(2);
		assertThat(this.failure).hasMessageContaining("the name of the host could not be resolved: nowhere");
	}

	@Test
	void statesTellWhatItDoes() {
		thenFailed();
		then(SECOND, closed("peer-closed", 1000, null));
		run();
		this.time.advanceTimeBy(Duration.ofHours(1));
		assertThat(this.states).satisfiesExactly(
				(state) -> assertThat(state).isEqualTo(new ConnectionState.Connecting(0)),
				(state) -> assertThat(state).isInstanceOfSatisfying(ConnectionState.Waiting.class, (waiting) -> {
					assertThat(waiting.delay()).isEqualTo(Duration.ofMillis(300));
					assertThat(waiting.reason().cause()).isEqualTo("connection-refused");
					assertThat(waiting.failures()).isEqualTo(1);
				}), (state) -> assertThat(state).isEqualTo(new ConnectionState.Connecting(1)),
				(state) -> assertThat(state).isInstanceOf(ConnectionState.Connected.class),
				(state) -> assertThat(state).isInstanceOfSatisfying(ConnectionState.Ended.class,
						(ended) -> assertThat(ended.reason().code()).isEqualTo(1000)));
	}

	@Test
	void whoSubscribesLateIsToldTheLatestState() {
		thenFailed();
		ReconnectingWebSocket socket = run();
		List<ConnectionState> late = new ArrayList<>();
		socket.states().subscribe(late::add);
		assertThat(late).singleElement().isInstanceOf(ConnectionState.Waiting.class);
	}

	@Test
	void cancellingEndsIt() {
		thenFailed();
		ReconnectingWebSocket socket = socket(() -> 0.5);
		Disposable run = socket.run().subscribe();
		run.dispose();
		this.time.advanceTimeBy(Duration.ofHours(1));
		assertThat(this.attempts).hasSize(1);
		socket.states().subscribe(this.states::add);
		assertThat(this.states).last().isEqualTo(new ConnectionState.Ended(null));
	}

	@Test
	void aConnectionThatComesAfterTheEndIsNoNews(CapturedOutput output) {
		List<Consumer<WebSocketSession>> attempts = new ArrayList<>();
		Disposable run = new ReconnectingWebSocket(settings(() -> 0.5), resources(), new ReconnectLogger("test"),
				(onConnected) -> {
					attempts.add(onConnected);
					return (attempts.size() == 1) ? Mono.just(closed("eof", 1006, null)) : Mono.never();
				})
			.run()
			.subscribe();
		this.time.advanceTimeBy(SECOND);
		run.dispose();
		WebSocketSession session = Mockito.mock(WebSocketSession.class);
		Mockito.when(session.getId()).thenReturn("session");
		attempts.get(1).accept(session);
		assertThat(output).contains("client test has ended").doesNotContain("connected again");
	}

	@Test
	void shuttingDownTheApplicationEndsIt() {
		thenFailed();
		run();
		this.connections.shutDown();
		this.time.advanceTimeBy(Duration.ofHours(1));
		assertThat(this.attempts).hasSize(1);
		assertThat(this.completed).isTrue();
	}

	@Test
	void shuttingDownClosesTheConnectionAndWaitsForNobodyWhoDoesNotAnswer() {
		then(Duration.ofDays(1), closed("eof", 1006, null));
		this.goodbye = Mono.never();
		run();
		this.connections.shutDown();
		assertThat(this.completed).isFalse();
		this.time.advanceTimeBy(SECOND);
		assertThat(this.completed).isTrue();
		assertThat(this.states).last().isEqualTo(new ConnectionState.Ended(null));
	}

	@Test
	void aGoodbyeThatFailsIsNoFailureOfTheClient() {
		then(Duration.ofDays(1), closed("eof", 1006, null));
		this.goodbye = Mono.error(new IOException("reset"));
		run();
		this.connections.shutDown();
		assertThat(this.failure).isNull();
		assertThat(this.completed).isTrue();
	}

	@Test
	void statesEndWithTheLastOne() {
		then(SECOND, closed("peer-closed", 1000, null));
		StepVerifier.create(run().states().last())
			.then(() -> this.time.advanceTimeBy(SECOND))
			.expectNextMatches(ConnectionState.Ended.class::isInstance)
			.verifyComplete();
	}

	@Test
	void itRunsOnce() {
		ReconnectingWebSocket socket = run();
		socket.run().subscribe(null, (ex) -> this.failure = ex);
		assertThat(this.failure).isInstanceOf(IllegalStateException.class);
	}

	@Test
	void failuresThatRepeatAreSummarised(CapturedOutput output) {
		IntStream.range(0, 120).forEach((i) -> thenFailed());
		then(Duration.ofSeconds(1), closed("peer-closed", 1000, null));
		run();
		this.time.advanceTimeBy(Duration.ofDays(1));
		assertThat(output.toString().lines().filter((line) -> line.contains("client test"))).satisfiesExactly(
				(line) -> assertThat(line).contains("WARN", "nothing listens there: nobody", "row: 1,"),
				(line) -> assertThat(line).contains("row: 10,"), (line) -> assertThat(line).contains("row: 100,"),
				(line) -> assertThat(line).contains("INFO", "is connected again"),
				(line) -> assertThat(line).contains("has ended: peer-closed 1000"));
		assertThat(output).doesNotContain("\tat ");
	}

	@Test
	void aThousandClientsThatLoseTheirServerAtOnceComeBackSpreadOut() {
		int clients = 1000;
		List<Long> second = new ArrayList<>();
		for (int i = 0; i < clients; i++) {
			AtomicInteger count = new AtomicInteger();
			SplittableRandom random = new SplittableRandom(i);
			new ReconnectingWebSocket(settings(random::nextDouble), resources(), new ReconnectLogger("test"),
					(onConnected) -> {
						if (count.getAndIncrement() > 0) {
							second.add(this.time.now(TimeUnit.NANOSECONDS));
							return Mono.never();
						}
						return Mono.delay(SECOND).map((tick) -> closed("eof", 1006, null));
					})
				.run()
				.subscribe();
		}
		this.time.advanceTimeBy(Duration.ofMinutes(1));
		assertThat(second).hasSize(clients).isSorted();
		long from = SECOND.plusMillis(100).toNanos();
		double width = Duration.ofMillis(400).toNanos();
		double distance = IntStream.range(0, clients)
			.mapToDouble((i) -> Math.abs((second.get(i) - from) / width - (i + 0.5) / clients) + 0.5 / clients)
			.max()
			.orElseThrow();
		assertThat(distance).isLessThan(1.358 / Math.sqrt(clients));
		int bins = 10;
		int[] rate = new int[bins];
		second.forEach((nanos) -> rate[(int) ((nanos - from) / width * bins)]++);
		assertThat(IntStream.of(rate).max().orElseThrow()).isLessThanOrEqualTo((int) (1.3 * clients / bins));
	}

	private ReconnectingWebSocket run() {
		ReconnectingWebSocket socket = socket(() -> 0.5);
		socket.states().subscribe(this.states::add);
		socket.run().subscribe(null, (ex) -> this.failure = ex, () -> this.completed = true);
		return socket;
	}

	private ReconnectingWebSocket socket(DoubleSupplier random) {
		return new ReconnectingWebSocket(settings(random), resources(), new ReconnectLogger("test"), (onConnected) -> {
			this.attempts.add(this.time.now(TimeUnit.MILLISECONDS));
			Step step = this.script.poll();
			if (step == null) {
				return Mono.never();
			}
			if (step.lived() == null) {
				return Mono.just(step.end());
			}
			WebSocketSession session = Mockito.mock(WebSocketSession.class);
			Mockito.when(session.isOpen()).thenReturn(true);
			Mockito.when(session.getId()).thenReturn("session");
			Mockito.when(session.close(CloseStatus.GOING_AWAY)).thenReturn(this.goodbye);
			onConnected.accept(session);
			return Mono.delay(step.lived()).map((tick) -> step.end());
		});
	}

	private ClientSettings settings(DoubleSupplier random) {
		return new ClientSettings("test", Duration.ofSeconds(10),
				new BackoffPolicy(Duration.ofMillis(500), Duration.ofSeconds(30), Duration.ofSeconds(30)),
				ReconnectPolicy.defaults(), this.maxAttempts, this.until,
				LivenessPolicy.of(PingMode.ALWAYS, SECOND, SECOND, SECOND, SECOND), random);
	}

	private ClientResources resources() {
		ClientListener listener = new ClientListener() {

			@Override
			public void onReconnect(String client, String cause) {
				ReconnectingWebSocketTests.this.reconnects.add(client + " " + cause);
			}

		};
		return new ClientResources(null, null, null, this.connections, Listening.by(ClientListener.class, listener),
				null);
	}

	private List<Long> delays() {
		return IntStream.range(1, this.attempts.size())
			.mapToObj((i) -> this.attempts.get(i) - this.attempts.get(i - 1))
			.toList();
	}

	private void then(Duration lived, Disconnect end) {
		this.script.add(new Step(lived,
				new Disconnect(end.cause(), end.code(), end.description(), lived, end.hint(), end.failure())));
	}

	private void thenFailed() {
		then(null, Disconnect.failed(HandshakeFailure.REFUSED, new IOException("nobody")));
	}

	private void thenRefused(int status, RetryHint hint) {
		then(null, Disconnect.refused(status, hint, new IOException()));
	}

	private static Disconnect closed(String cause, int code, String reason) {
		CloseCause closeCause = List.of(CloseCause.values())
			.stream()
			.filter((candidate) -> candidate.text().equals(cause))
			.findFirst()
			.orElseThrow();
		return Disconnect.closed(closeCause, code, reason, SECOND, null);
	}

	private record Step(Duration lived, Disconnect end) {
	}

}
