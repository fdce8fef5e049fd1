package io.github.websocketkeepalive.stream.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

import io.github.websocketkeepalive.client.reconnect.WebSocketEndedException;
import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.stream.StreamException;
import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.ScriptedServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.awaitility.Awaitility.await;

/**
 * The client against a server that shares no code with ours.
 */
@ExtendWith(LeakDetection.class)
class StreamClientTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final StreamSubscription<Integer> NUMBERS = StreamSubscription.of("numbers", Integer.class);

	private static final Map<Transport, ConfigurableApplicationContext> applications = new EnumMap<>(Transport.class);

	private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();

	private final List<Disposable> subscriptions = new ArrayList<>();

	private ScriptedStreams server;

	@BeforeEach
	void startServer() throws IOException {
		this.server = new ScriptedStreams();
	}

	@AfterEach
	void stopServer() throws IOException {
		this.subscriptions.forEach(Disposable::dispose);
		this.server.close();
	}

	@AfterAll
	static void stopApplications() {
		applications.values().forEach((application) -> {
			WebSocketConnections connections = application.getBean(WebSocketConnections.class);
			await().atMost(PATIENCE).until(() -> connections.count() == 0);
			application.close();
		});
		applications.clear();
	}

	@Test
	void rowsComeInOrderUntilTheEnd() throws Exception {
		follow(client().build().rows(NUMBERS));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.expect("{'type': 'open', 'stream': 's1', 'source': 'numbers', 'request': {}, 'window': 8}");
		connection.opened("s1", "e", 0, false, 0L);
		connection.batch("s1", 0, 10, 11);
		connection.batch("s1", 2, 12);
		connection.end("s1", 3);
		expect(10, 11, 12, "complete");
	}

	@ParameterizedTest
	@CsvSource({ "EPOLL, fin", "EPOLL, reset", "EPOLL, freeze", "EPOLL, restart", "NIO, fin", "NIO, reset",
			"NIO, freeze", "NIO, restart" })
	void aStreamSurvivesTheLossOfItsConnection(Transport transport, String loss) throws Exception {
		follow(client(transport).build().rows(NUMBERS));
		ScriptedStreams.Connection first = this.server.accept();
		first.begin("s1");
		first.batch("s1", 0, 10, 11, 12);
		expect(10, 11, 12);
		switch (loss) {
			case "fin" -> first.fin();
			case "reset" -> first.reset();
			case "freeze" -> first.freeze();
			default -> first.close(1012);
		}
		ScriptedStreams.Connection second = this.server.accept();
		second.expect("{'type': 'open', 'stream': 's1', 'source': 'numbers', 'request': {}, 'window': 8, "
				+ "'from': {'epoch': 'e', 'offset': 3}}");
		second.opened("s1", "e", 3, true, 0L);
		second.batch("s1", 3, 13, 14);
		second.end("s1", 5);
		expect(13, 14, "complete");
	}

	@Test
	void rowsThatComeTwiceAreDeliveredOnce() throws Exception {
		follow(client().build().rows(NUMBERS));
		ScriptedStreams.Connection first = this.server.accept();
		first.begin("s1");
		first.batch("s1", 0, 10, 11, 12);
		expect(10, 11, 12);
		first.reset();
		ScriptedStreams.Connection second = this.server.accept();
		second.expectOpen("s1");
		second.opened("s1", "e", 1, true, 0L);
		second.batch("s1", 1, 11);
		second.batch("s1", 2, 12, 13);
		second.end("s1", 4);
		expect(13, "complete");
	}

	@ParameterizedTest
	@CsvSource({ "true, 0", "false, 0", "false, 2", "false," })
	void rowsOfAServerThatIsBehindAreDroppedByTheirOffsets(boolean recovered, Long missing) throws Exception {
		follow(client().build().rows(NUMBERS.withFrom(new StreamPosition("e", 3)).withWindow(2)));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.expectOpen("s1");
		connection.opened("s1", "e", 1, recovered, missing);
		connection.batch("s1", 1, 11);
		connection.expectAck("s1", 2);
		connection.batch("s1", 2, 12, 13);
		connection.expectAck("s1", 4);
		connection.end("s1", 4);
		expect(13, "complete");
	}

	@Test
	void anEndThatIsBehindIsNoGap() throws Exception {
		follow(client().build().rows(NUMBERS.withFrom(new StreamPosition("e", 3))));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.expectOpen("s1");
		connection.opened("s1", "e", 1, true, 0L);
		connection.end("s1", 2);
		expect("complete");
	}

	@Test
	void batchesWithoutRowsDoNothing() throws Exception {
		follow(client().build().rows(NUMBERS.withWindow(1)));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.begin("s1");
		for (int i = 0; i < 5; i++) {
			connection.batch("s1", 0);
		}
		connection.batch("s1", 0, 10);
		connection.expectAck("s1", 1);
		connection.end("s1", 1);
		expect(10, "complete");
	}

	@Test
	void aCancelThatIsConfirmedDoesNothing() throws Exception {
		follow(client().build().rows(NUMBERS));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.begin("s1");
		connection.send("{'type': 'cancelled', 'stream': 's1'}");
		connection.send("{'type': 'cancelled', 'stream': 's9', 'ref': 'r'}");
		connection.batch("s1", 0, 10);
		connection.end("s1", 1);
		expect(10, "complete");
	}

	@Test
	void aServerThatGrantsLessThanTheWindowDoesNotHaveToWait() throws Exception {
		follow(client().ackEvery(Duration.ofHours(1)).build().rows(NUMBERS.withWindow(100)));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.expectOpen("s1");
		connection
			.send("{'type': 'opened', 'stream': 's1', 'epoch': 'e', 'offset': 0, 'recovered': false, 'window': 2}");
		connection.batch("s1", 0, 10);
		connection.expectAck("s1", 1);
	}

	@Test
	void aStreamThatWasNeverOpenedIsOpenedFromTheBeginning() throws Exception {
		follow(client().build().rows(NUMBERS));
		ScriptedStreams.Connection first = this.server.accept();
		first.expectOpen("s1");
		first.reset();
		assertThat(this.server.accept().next("s1")).doesNotContainKey("from");
	}

	@Test
	void aStreamContinuesWhereAnotherStopped() throws Exception {
		StreamPosition stored = new StreamItem<>("e", 41, 1).next();
		follow(client().build().items(NUMBERS.withFrom(stored).withParameters(Map.of("symbol", "ACME")).withWindow(3)));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.expect("{'type': 'open', 'stream': 's1', 'source': 'numbers', 'request': {'symbol': 'ACME'}, "
				+ "'window': 3, 'from': {'epoch': 'e', 'offset': 42}}");
		connection.opened("s1", "e", 42, true, 0L);
		connection.batch("s1", 42, 1, 2);
		expect(new StreamItem<>("e", 42, 1), new StreamItem<>("e", 43, 2));
	}

	@Test
	void rowsAreOfAnyType() throws Exception {
		StreamClient client = client().build();
		follow(client.rows(StreamSubscription.of("trades", Trade.class)));
		follow(client.rows(StreamSubscription.of("maps", new ParameterizedTypeReference<Map<String, Long>>() {
		})));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.begin("s1");
		connection.send("{'type': 'batch', 'stream': 's1', 'offset': 0, 'items': [{'symbol': 'ACME', 'price': 1.5}]}");
		expect(new Trade("ACME", 1.5));
		connection.begin("s2");
		connection.send("{'type': 'batch', 'stream': 's2', 'offset': 0, 'items': [{'a': 1}]}");
		expect(Map.of("a", 1L));
	}

	@Test
	void lostRowsEndAStreamAfterThoseBeforeThem() throws Exception {
		follow(client().build().rows(NUMBERS));
		ScriptedStreams.Connection first = this.server.accept();
		first.begin("s1");
		first.batch("s1", 0, 10);
		expect(10);
		first.reset();
		ScriptedStreams.Connection second = this.server.accept();
		second.expectOpen("s1");
		second.opened("s1", "e", 5, false, 4L);
		second.batch("s1", 5, 15);
		StreamGapException failure = expectFailure(StreamGapException.class);
		assertThat(failure.getGap())
			.isEqualTo(new StreamGap(new StreamPosition("e", 1), new StreamPosition("e", 5), 4L));
		assertThat(failure.getCode()).isEqualTo("gap");
		second.expectCancel("s1");
	}

	@Test
	void aStreamGoesOnAfterLostRowsIfItIsToldTo() throws Exception {
		follow(client().build().rows(NUMBERS.onGap(this.received::add)));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.begin("s1");
		connection.batch("s1", 0, 10);
		connection.opened("s1", "e", 5, false, 4L);
		connection.batch("s1", 5, 15);
		connection.opened("s1", "f", 0, false, null);
		connection.batch("s1", 0, 20);
		connection.batch("s1", 3, 23);
		connection.end("s1", 5);
		expect(10, gap("e", 1, "e", 5, 4L), 15, gap("e", 6, "f", 0, null), 20, gap("f", 1, "f", 3, 2L), 23,
				gap("f", 4, "f", 5, 1L), "complete");
	}

	@Test
	void whatFailsOnAGapEndsTheStream() throws Exception {
		AssertionError refusal = new AssertionError("no gaps");
		follow(client().build().rows(NUMBERS.onGap((gap) -> {
			throw refusal;
		})));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.begin("s1");
		connection.batch("s1", 1, 11);
		expect(refusal);
	}

	@ParameterizedTest
	@ValueSource(strings = { "rejected", "unknown-source", "source-failed", "too-slow", "unknown-stream", "bad-frame",
			"my-own-code" })
	void anErrorOfTheServerEndsAStream(String code) throws Exception {
		follow(client().build().rows(NUMBERS));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.expectOpen("s1");
		connection.error("s1", code);
		StreamException failure = expectFailure(StreamException.class);
		assertThat(failure.getCode()).isEqualTo(code);
		assertThat(failure).hasMessage("no");
	}

	@ParameterizedTest
	@ValueSource(strings = { "bad-offset", "stream-exists", "bad-frame" })
	void anErrorOfAFrameDoesNot(String code) throws Exception {
		follow(client().build().rows(NUMBERS));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.begin("s1");
		connection.error("s1", code);
		connection.send("{'type': 'error', 'code': 'bad-frame', 'message': 'no'}");
		connection.send("{'type': 'error', 'stream': 's9', 'code': 'unknown-stream', 'message': 'no'}");
		connection.send("{'type': 'news', 'stream': 's1'}");
		connection.send("nonsense");
		connection.batch("s1", 0, 10);
		expect(10);
	}

	@Test
	void halfOfTheWindowIsAcknowledgedAtATime() throws Exception {
		follow(client().ackEvery(PATIENCE).build().rows(NUMBERS.withWindow(4)));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.begin("s1");
		for (int i = 0; i < 5; i++) {
			connection.batch("s1", i, i);
			expect(i);
		}
		connection.expectAck("s1", 2);
		connection.expectAck("s1", 4);
		assertThat(connection.isSilent("s1")).isTrue();
	}

	@Test
	void lessIsAcknowledgedAfterAWhile() throws Exception {
		follow(client().ackEvery(Duration.ofMillis(10)).build().rows(NUMBERS));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.begin("s1");
		connection.batch("s1", 0, 10, 11);
		connection.expectAck("s1", 2);
	}

	@Test
	void aRowIsAcknowledgedWhenItIsProcessed() throws Exception {
		Map<Integer, Sinks.Empty<Void>> processing = new ConcurrentHashMap<>();
		follow(client().ackEvery(Duration.ofMillis(10)).build().consume(NUMBERS.withWindow(2), (row) -> {
			Sinks.Empty<Void> processed = Sinks.empty();
			processing.put(row, processed);
			return processed.asMono();
		}).flux());
		ScriptedStreams.Connection connection = this.server.accept();
		connection.begin("s1");
		connection.batch("s1", 0, 10, 11);
		await().atMost(PATIENCE).until(() -> processing.containsKey(10));
		assertThat(connection.isSilent("s1")).isTrue();
		processing.get(10).tryEmitEmpty();
		connection.expectAck("s1", 1);
		await().atMost(PATIENCE).until(() -> processing.containsKey(11));
		connection.end("s1", 2);
		assertThat(this.received).isEmpty();
		processing.get(11).tryEmitEmpty();
		expect("complete");
	}

	@Test
	void aProcessorThatFailsEndsTheStream() throws Exception {
		IllegalStateException failure = new IllegalStateException("disk full");
		follow(client().build().consume(NUMBERS, (row) -> Mono.error(failure)).flux());
		ScriptedStreams.Connection connection = this.server.accept();
		connection.begin("s1");
		connection.batch("s1", 0, 10);
		expect(failure);
		connection.expectCancel("s1");
	}

	@Test
	void aSlowStreamCostsItsWindowAndHoldsNobodyUp() throws Exception {
		StreamClient client = client().ackEvery(PATIENCE).build();
		Recorder slow = new Recorder();
		client.rows(NUMBERS.withWindow(2)).subscribe(slow);
		follow(client.rows(NUMBERS));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.begin("s1");
		connection.begin("s2");
		connection.batch("s1", 0, 10);
		connection.batch("s1", 1, 11);
		connection.batch("s2", 0, 20);
		expect(20);
		connection.batch("s1", 2, 12);
		connection.batch("s2", 1, 21);
		expect(21);
		slow.request(2);
		await().atMost(PATIENCE).until(() -> slow.failure != null);
		assertThat(slow.failure).isInstanceOf(StreamException.class).hasMessageContaining("more than 2 batches");
		assertThat(slow.rows).containsExactly(10, 11);
		connection.expectAck("s1", 1);
		connection.expectCancel("s1");
		connection.batch("s2", 2, 22);
		expect(22);
		assertThat(this.server.connections()).isEqualTo(1);
	}

	@Test
	void aSlowStreamIsOpenedAgainOnceItHasDeliveredWhatItHas() throws Exception {
		Recorder slow = new Recorder();
		client().build().rows(NUMBERS).subscribe(slow);
		slow.request(1);
		ScriptedStreams.Connection first = this.server.accept();
		first.begin("s1");
		first.batch("s1", 0, 10, 11);
		first.batch("s1", 2, 12);
		await().atMost(PATIENCE).until(() -> slow.rows.equals(List.of(10)));
		first.reset();
		ScriptedStreams.Connection second = this.server.accept();
		slow.request(1);
		await().atMost(PATIENCE).until(() -> slow.rows.equals(List.of(10, 11)));
		assertThat(second.isSilent("s1")).isTrue();
		slow.request(1);
		second.expect("{'type': 'open', 'stream': 's1', 'source': 'numbers', 'request': {}, 'window': 8, "
				+ "'from': {'epoch': 'e', 'offset': 3}}");
		assertThat(slow.rows).containsExactly(10, 11, 12);
		slow.cancel();
	}

	@Test
	void whatIsNumberedAnewIsAcknowledgedWithWhatWasBefore() throws Exception {
		follow(client().ackEvery(PATIENCE).build().rows(NUMBERS.onGap((gap) -> {
		})));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.begin("s1");
		connection.batch("s1", 0, 10, 11);
		connection.opened("s1", "f", 7, false, null);
		connection.expectAck("s1", 7);
	}

	@Test
	void aSlowStreamMayBeSentAWindowOfEachNumbering() throws Exception {
		Recorder slow = new Recorder();
		client().build().rows(NUMBERS.withWindow(2).onGap((gap) -> {
		})).subscribe(slow);
		ScriptedStreams.Connection connection = this.server.accept();
		connection.begin("s1");
		connection.batch("s1", 0, 10);
		connection.batch("s1", 1, 11);
		connection.opened("s1", "f", 0, false, null);
		connection.batch("s1", 0, 12);
		connection.batch("s1", 1, 13);
		slow.request(4);
		await().atMost(PATIENCE).until(() -> slow.rows.size() == 4 || slow.failure != null);
		assertThat(slow.rows).containsExactly(10, 11, 12, 13);
		assertThat(slow.failure).isNull();
	}

	@Test
	void cancellingEndsAStreamAndSoonTheConnection() throws Exception {
		StreamClient client = client().linger(Duration.ofMillis(10)).build();
		Disposable first = client.rows(NUMBERS).subscribe();
		Disposable second = client.rows(NUMBERS).subscribe();
		ScriptedStreams.Connection connection = this.server.accept();
		connection.expectOpen("s1");
		connection.expectOpen("s2");
		first.dispose();
		connection.expectCancel("s1");
		second.dispose();
		connection.expectCancel("s2");
		connection.expectEnd();
		follow(client.rows(NUMBERS));
		this.server.accept().expectOpen("s3");
	}

	@Test
	void theConnectionLingersForTheNextStream() throws Exception {
		StreamClient client = client().linger(PATIENCE).build();
		follow(client.rows(NUMBERS));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.begin("s1");
		connection.end("s1", 0);
		expect("complete");
		follow(client.rows(NUMBERS));
		connection.expectOpen("s2");
		assertThat(this.server.connections()).isEqualTo(1);
		connection.close(1000);
		expectFailure(StreamException.class);
	}

	@Test
	void theFinalEndOfTheConnectionReachesEveryStreamAfterItsRows() throws Exception {
		StreamClient client = client().build();
		Recorder slow = new Recorder();
		client.rows(NUMBERS).subscribe(slow);
		follow(client.rows(NUMBERS));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.begin("s1");
		connection.batch("s1", 0, 10);
		connection.close(1008);
		assertThat(expectFailure(WebSocketEndedException.class).getDisconnect().code()).isEqualTo(1008);
		assertThat(slow.failure).isNull();
		slow.request(1);
		await().atMost(PATIENCE).until(() -> slow.failure instanceof WebSocketEndedException);
		assertThat(slow.rows).containsExactly(10);
		follow(client.rows(NUMBERS));
		this.server.accept().expectOpen("s3");
	}

	@Test
	void aServerThatIsDoneBeforeAStreamEndsItWithAnError() throws Exception {
		follow(client().build().rows(NUMBERS));
		this.server.accept().close(1000);
		assertThat(expectFailure(StreamException.class).getCode()).isEqualTo("connection-closed");
	}

	@Test
	void aBatchMayBeLong() throws Exception {
		int[] rows = IntStream.range(0, 100_000).toArray();
		follow(client().build().rows(NUMBERS).count().flux());
		ScriptedStreams.Connection connection = this.server.accept();
		connection.begin("s1");
		connection.batch("s1", 0, rows);
		connection.end("s1", rows.length);
		expect((long) rows.length);
	}

	@Test
	void aBatchThatIsTooLongEndsTheConnectionForGood() throws Exception {
		follow(client().client((connecting) -> connecting.maxMessageSize(100)).build().rows(NUMBERS));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.begin("s1");
		connection.batch("s1", 0, IntStream.range(0, 100).toArray());
		assertThat(expectFailure(WebSocketEndedException.class).getDisconnect().cause()).isEqualTo("too-large");
	}

	@Test
	void aRefusedHandshakeReachesTheStream() throws Exception {
		try (ScriptedServer refusing = ScriptedServer.start((peer, number) -> peer.refuse("403 Forbidden"))) {
			follow(client().uri(refusing.uri()).build().rows(NUMBERS));
			assertThat(expectFailure(WebSocketEndedException.class).getDisconnect().code()).isEqualTo(403);
		}
	}

	@Test
	void parametersThatCannotBeWrittenEndOnlyTheirStream() throws Exception {
		StreamClient client = client().build();
		follow(client.rows(NUMBERS));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.begin("s1");
		List<Object> endless = new ArrayList<>();
		endless.add(endless);
		follow(client.rows(NUMBERS.withParameters(Map.of("endless", endless))));
		expectFailure(RuntimeException.class);
		connection.expectCancel("s2");
		connection.batch("s1", 0, 10);
		expect(10);
	}

	@ParameterizedTest
	@ValueSource(strings = { "['ten']", "[null]", "7" })
	void rowsThatMakeNoSenseEndOnlyTheirStream(String items) throws Exception {
		StreamClient client = client().build();
		follow(client.rows(NUMBERS));
		follow(client.rows(NUMBERS));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.begin("s1");
		connection.begin("s2");
		connection.send("{'type': 'batch', 'stream': 's1', 'offset': 0, 'items': " + items + "}");
		assertThat(expectFailure(StreamException.class).getCode()).isEqualTo("bad-frame");
		connection.batch("s2", 0, 20);
		expect(20);
	}

	@Test
	void rowsBeforeTheStreamIsOpenedEndIt() throws Exception {
		follow(client().build().rows(NUMBERS.withFrom(new StreamPosition("e", 0))));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.batch("s1", 0, 10);
		assertThat(expectFailure(StreamException.class).getCode()).isEqualTo("bad-frame");
	}

	@Test
	void whoBlocksOnAThreadOfTheirOwnHoldsNobodyUp() throws Exception {
		BlockingQueue<Integer> gate = new LinkedBlockingQueue<>();
		StreamClient client = client().scheduler(Schedulers.boundedElastic()).build();
		follow(client.rows(NUMBERS).doOnNext((row) -> poll(gate)));
		follow(client.rows(NUMBERS));
		ScriptedStreams.Connection connection = this.server.accept();
		connection.begin("s1");
		connection.begin("s2");
		connection.batch("s1", 0, 10);
		connection.batch("s2", 0, 20);
		expect(20);
		gate.add(1);
		expect(10);
	}

	@Test
	void everySubscriberHasAStreamOfItsOwn() throws Exception {
		Flux<Integer> rows = client().build().rows(NUMBERS);
		follow(rows);
		follow(rows);
		ScriptedStreams.Connection connection = this.server.accept();
		connection.expectOpen("s1");
		connection.expectOpen("s2");
	}

	@Test
	void nonsenseIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> NUMBERS.withWindow(0));
		assertThatNullPointerException().isThrownBy(() -> builder(Transport.EPOLL).build())
			.withMessage("uri is not set");
	}

	private void follow(Flux<?> rows) {
		this.subscriptions
			.add(rows.subscribe(this.received::add, this.received::add, () -> this.received.add("complete")));
	}

	private void expect(Object... signals) throws InterruptedException {
		for (Object signal : signals) {
			assertThat(this.received.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(signal);
		}
	}

	private <T extends Throwable> T expectFailure(Class<T> type) throws InterruptedException {
		Object failure = this.received.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
		assertThat(failure).isInstanceOf(type);
		return type.cast(failure);
	}

	private static StreamGap gap(String epoch, long offset, String nextEpoch, long nextOffset, Long missing) {
		return new StreamGap(new StreamPosition(epoch, offset), new StreamPosition(nextEpoch, nextOffset), missing);
	}

	private static void poll(BlockingQueue<Integer> gate) {
		try {
			gate.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private StreamClient.Builder client() {
		return client(Transport.EPOLL);
	}

	private StreamClient.Builder client(Transport transport) {
		return builder(transport).uri(this.server.uri()).linger(Duration.ofSeconds(1));
	}

	private static StreamClient.Builder builder(Transport transport) {
		return applications.computeIfAbsent(transport, StreamClientTests::start).getBean(StreamClient.Builder.class);
	}

	private static ConfigurableApplicationContext start(Transport transport) {
		Consumer<GenericApplicationContext> loops = (context) -> context.registerBean(ReactorResourceFactory.class,
				() -> {
					ReactorResourceFactory resources = new ReactorResourceFactory();
					resources.setUseGlobalResources(false);
					resources.setLoopResourcesSupplier(() -> transport.loops(1));
					resources.setShutdownQuietPeriod(Duration.ZERO);
					return resources;
				});
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(Map.of("spring.main.banner-mode", "off", "websocket-keepalive.client.backoff.min", "20ms",
					"websocket-keepalive.client.backoff.max", "100ms", "websocket-keepalive.heartbeat.allow-short",
					true, "websocket-keepalive.client.heartbeat.interval", "100ms",
					"websocket-keepalive.client.heartbeat.timeout", "1s"))
			.initializers((context) -> loops.accept((GenericApplicationContext) context))
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	record Trade(String symbol, double price) {
	}

	/**
	 * Asks for rows one by one.
	 */
	private static final class Recorder extends BaseSubscriber<Integer> {

		private final List<Integer> rows = new CopyOnWriteArrayList<>();

		private volatile Throwable failure;

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			// Asks when it is told to.
		}

		@Override
		protected void hookOnNext(Integer row) {
			this.rows.add(row);
		}

		@Override
		protected void hookOnError(Throwable failure) {
			this.failure = failure;
		}

	}

}
