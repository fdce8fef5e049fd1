package io.github.websocketkeepalive.mapping;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link OffloadedWebSocketSession}.
 */
class OffloadedWebSocketSessionTests {

	private final Scheduler scheduler = Schedulers.newSingle("offload-test");

	private final WebSocketSession delegate = mock(WebSocketSession.class);

	private final WebSocketSession session = new OffloadedWebSocketSession(this.delegate, this.scheduler);

	private final List<String> threads = new ArrayList<>();

	@AfterEach
	void dispose() {
		this.scheduler.dispose();
	}

	@Test
	void messagesArriveOnTheSchedulerInOrder() {
		List<String> texts = IntStream.range(0, 1000).mapToObj(String::valueOf).toList();
		given(this.delegate.receive()).willReturn(Flux.fromIterable(texts).map(OffloadedWebSocketSessionTests::text));
		List<String> received = this.session.receive()
			.doOnNext((message) -> noteThread())
			.map(WebSocketMessage::getPayloadAsText)
			.collectList()
			.block();
		assertThat(received).isEqualTo(texts);
		assertOffloaded();
	}

	@Test
	void messagesOutliveTheBufferThatTheyCameIn() {
		byte[] bytes = "before".getBytes(StandardCharsets.UTF_8);
		DataBuffer buffer = DefaultDataBufferFactory.sharedInstance.wrap(bytes);
		given(this.delegate.receive())
			.willReturn(Flux.just(new WebSocketMessage(WebSocketMessage.Type.BINARY, buffer)));
		WebSocketMessage message = this.session.receive().blockLast();
		bytes[0] = 'X';
		assertThat(message.getType()).isEqualTo(WebSocketMessage.Type.BINARY);
		assertThat(message.getPayloadAsText()).isEqualTo("before");
	}

	@Test
	@Timeout(30)
	void aHandlerThatBlocksIsWaitedForOnceItsQueueIsFull() throws InterruptedException {
		AtomicLong requested = new AtomicLong();
		given(this.delegate.receive())
			.willReturn(Flux.range(0, 1000).doOnRequest(requested::addAndGet).map((i) -> text("x")));
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		CountDownLatch done = new CountDownLatch(1);
		this.session.receive().doOnNext((message) -> {
			started.countDown();
			await(release);
		}).doOnComplete(done::countDown).subscribe();
		started.await();
		assertThat(requested.get()).isEqualTo(16);
		release.countDown();
		done.await();
		assertThat(requested.get()).isGreaterThanOrEqualTo(1000);
	}

	@Test
	void aHandlerThatFailsTellsSoBeforeItsMessagesAreCancelled() {
		List<String> events = new CopyOnWriteArrayList<>();
		given(this.delegate.receive())
			.willReturn(Flux.<WebSocketMessage>never().startWith(text("x")).doOnCancel(() -> events.add("cancelled")));
		this.session.receive().doOnNext((message) -> {
			throw new IllegalStateException("broken handler");
		}).doOnError((failure) -> events.add("failed")).subscribe((message) -> {
		}, (failure) -> {
		});
		Awaitility.await().until(() -> events.size() == 2);
		assertThat(events).containsExactly("failed", "cancelled");
	}

	@Test
	@Timeout(30)
	void messagesAreCancelledAtOnceByAnotherThreadThanTheHandlers() throws InterruptedException {
		CountDownLatch cancelled = new CountDownLatch(1);
		given(this.delegate.receive())
			.willReturn(Flux.<WebSocketMessage>never().startWith(text("x")).doOnCancel(cancelled::countDown));
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		Disposable subscription = this.session.receive().subscribe((message) -> {
			started.countDown();
			await(release);
		});
		started.await();
		subscription.dispose();
		cancelled.await();
		release.countDown();
	}

	@Test
	void whatIsSentIsMadeOnTheScheduler() {
		given(this.delegate.send(any()))
			.willAnswer((call) -> Flux.from(call.<Flux<WebSocketMessage>>getArgument(0)).then());
		this.session.send(Flux.range(0, 10).doOnNext((i) -> noteThread()).map((i) -> text("x"))).block();
		assertThat(this.threads).hasSize(10);
		assertOffloaded();
	}

	@Test
	void whatFollowsASendOrACloseOrTheEndRunsOnTheScheduler() {
		given(this.delegate.send(any())).willReturn(Mono.empty());
		given(this.delegate.close(any())).willReturn(Mono.empty());
		given(this.delegate.closeStatus()).willReturn(Mono.just(CloseStatus.NORMAL));
		this.session.send(Flux.empty()).then(Mono.fromRunnable(this::noteThread)).block();
		this.session.close(CloseStatus.NORMAL).then(Mono.fromRunnable(this::noteThread)).block();
		this.session.closeStatus().doOnNext((status) -> noteThread()).block();
		assertThat(this.threads).hasSize(3);
		assertOffloaded();
	}

	@Test
	void isTheSessionThatItOffloadsInAllElse() {
		HandshakeInfo handshake = mock(HandshakeInfo.class);
		DataBufferFactory buffers = DefaultDataBufferFactory.sharedInstance;
		Function<DataBufferFactory, DataBuffer> payload = (factory) -> factory.allocateBuffer(1);
		given(this.delegate.getId()).willReturn("id");
		given(this.delegate.getHandshakeInfo()).willReturn(handshake);
		given(this.delegate.bufferFactory()).willReturn(buffers);
		given(this.delegate.getAttributes()).willReturn(Map.of("key", "value"));
		given(this.delegate.isOpen()).willReturn(true);
		given(this.delegate.textMessage("text")).willReturn(text("text"));
		given(this.delegate.binaryMessage(payload)).willReturn(text("binary"));
		given(this.delegate.pingMessage(payload)).willReturn(text("ping"));
		given(this.delegate.pongMessage(payload)).willReturn(text("pong"));
		assertThat(this.session.getId()).isEqualTo("id");
		assertThat(this.session.getHandshakeInfo()).isSameAs(handshake);
		assertThat(this.session.bufferFactory()).isSameAs(buffers);
		assertThat(this.session.getAttributes()).containsEntry("key", "value");
		assertThat(this.session.isOpen()).isTrue();
		assertThat(this.session.textMessage("text")).isEqualTo(text("text"));
		assertThat(this.session.binaryMessage(payload)).isEqualTo(text("binary"));
		assertThat(this.session.pingMessage(payload)).isEqualTo(text("ping"));
		assertThat(this.session.pongMessage(payload)).isEqualTo(text("pong"));
	}

	private void noteThread() {
		this.threads.add(Thread.currentThread().getName());
	}

	private void assertOffloaded() {
		assertThat(this.threads).isNotEmpty().allMatch((thread) -> thread.startsWith("offload-test"));
	}

	private static WebSocketMessage text(String text) {
		return new WebSocketMessage(WebSocketMessage.Type.TEXT,
				DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8)));
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
