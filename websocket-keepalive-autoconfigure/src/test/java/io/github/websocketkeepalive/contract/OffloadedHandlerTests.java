package io.github.websocketkeepalive.contract;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import io.netty.util.concurrent.FastThreadLocalThread;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.LiveClients;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A handler that blocks, and is offloaded, on the one event loop that all others are on.
 */
@ExtendWith(LeakDetection.class)
class OffloadedHandlerTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@ParameterizedTest
	@EnumSource
	void aHandlerThatBlocksStopsNoHeartbeatAndKeepsItsOrder(Transport transport) throws Exception {
		try (TestServer server = server(transport).start(Handlers.class, RecordingListener.class);
				LiveClients others = LiveClients.connect(50, server.uri("/echo"));
				LiveClients blocked = LiveClients.connect(1, server.uri("/blocking"))) {
			BlockingHandler handler = server.bean(BlockingHandler.class);
			List<String> texts = IntStream.range(0, 20).mapToObj((i) -> "message " + i).toList();
			texts.forEach(blocked::sendText);
			await().atMost(PATIENCE).until(() -> handler.threads.size() == 1);
			int pings = others.pings();
			int pingsOfBlocked = blocked.pings();
			await().atMost(PATIENCE)
				.until(() -> others.pings() >= pings + 150 && blocked.pings() >= pingsOfBlocked + 3);
			assertThat(handler.threads).hasSize(1);
			handler.permits.release(Integer.MAX_VALUE);
			await().atMost(PATIENCE).until(() -> blocked.messages() == 20);
			assertThat(handler.texts).isEqualTo(texts);
			assertThat(handler.threads).hasSizeGreaterThanOrEqualTo(20).noneMatch(OffloadedHandlerTests::isEventLoop);
			assertThat(others.open() + blocked.open()).isEqualTo(51);
			assertThat(server.bean(RecordingListener.class).closed()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void messagesThatNobodyTookAreFreedWithTheConnection(Transport transport) throws Exception {
		try (TestServer server = server(transport).start(Handlers.class, RecordingListener.class)) {
			BlockingHandler handler = server.bean(BlockingHandler.class);
			RecordingListener events = server.bean(RecordingListener.class);
			try (RawClient client = RawClient.connect(server.port(), "/blocking")) {
				for (int i = 0; i < 100; i++) {
					client.sendBinary(new byte[1000]);
				}
				await().atMost(PATIENCE).until(() -> handler.threads.size() == 1);
				client.reset();
			}
			await().atMost(PATIENCE).until(() -> !events.closed("/blocking").isEmpty());
			handler.permits.release(Integer.MAX_VALUE);
			await().atMost(PATIENCE).until(handler.ended::get);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aHandlerThatFailsIsTheCause(Transport transport) throws Exception {
		try (TestServer server = server(transport).start(Handlers.class, RecordingListener.class);
				LiveClients others = LiveClients.connect(1, server.uri("/echo"));
				RawClient client = RawClient.connect(server.port(), "/failing")) {
			RecordingListener events = server.bean(RecordingListener.class);
			client.sendText("fail");
			assertThat(client.isClosedByServer()).isTrue();
			await().atMost(PATIENCE).until(() -> !events.closed("/failing").isEmpty());
			assertThat(events.closed("/failing")).extracting(RecordingListener.Closed::cause)
				.containsExactly(CloseCause.HANDLER_ERROR);
			assertThat(others.open()).isOne();
		}
	}

	@ParameterizedTest
	@EnumSource
	@EnabledForJreRange(min = JRE.JAVA_21)
	void runsOnVirtualThreadsWhereTheApplicationUsesThem(Transport transport) throws Exception {
		try (TestServer server = server(transport).property("spring.threads.virtual.enabled", true)
			.start(Handlers.class); RawClient client = RawClient.connect(server.port(), "/blocking")) {
			BlockingHandler handler = server.bean(BlockingHandler.class);
			handler.permits.release(Integer.MAX_VALUE);
			for (int i = 0; i < 100; i++) {
				client.sendText("message " + i);
			}
			for (int i = 0; i < 100; i++) {
				assertThat(client.read(RawClient.TEXT).text()).isEqualTo("message " + i);
			}
			assertThat(handler.threads).hasSizeGreaterThanOrEqualTo(100)
				.allMatch((thread) -> thread.getName().startsWith("websocket-offload-"))
				.allMatch((thread) -> thread.toString().startsWith("VirtualThread"));
		}
	}

	private static TestServer.Builder server(Transport transport) {
		return TestServer.on(transport)
			.workers(1)
			.heartbeat("500ms", "1s")
			.property("websocket-keepalive.echo.path", "/echo");
	}

	private static boolean isEventLoop(Thread thread) {
		return thread instanceof FastThreadLocalThread || Schedulers.isNonBlockingThread(thread)
				|| thread.getName().startsWith("test-");
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		BlockingHandler blockingHandler() {
			return new BlockingHandler();
		}

		@Bean
		@WebSocketMapping(value = "/failing", offload = true)
		WebSocketHandler failingHandler() {
			return (session) -> session.receive().doOnNext((message) -> {
				throw new IllegalStateException("broken handler");
			}).then();
		}

	}

	/**
	 * Echoes each message once it is permitted to, and blocks until then, wherever code
	 * of an application runs.
	 */
	@WebSocketMapping(value = "/blocking", offload = true)
	static final class BlockingHandler implements WebSocketHandler {

		private final List<Thread> threads = new CopyOnWriteArrayList<>();

		private final List<String> texts = new CopyOnWriteArrayList<>();

		private final Semaphore permits = new Semaphore(0);

		private final AtomicBoolean ended = new AtomicBoolean();

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return session.receive()
				.map(WebSocketMessage::getPayloadAsText)
				.doOnNext(this.texts::add)
				.concatMap((text) -> session.send(Mono.fromCallable(() -> {
					block();
					return session.textMessage(text);
				})).doOnSuccess((sent) -> this.threads.add(Thread.currentThread())))
				.then()
				.doFinally((signal) -> this.ended.set(true));
		}

		private void block() {
			this.threads.add(Thread.currentThread());
			this.permits.acquireUninterruptibly();
		}

	}

}
