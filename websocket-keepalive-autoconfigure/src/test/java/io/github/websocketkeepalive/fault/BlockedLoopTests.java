package io.github.websocketkeepalive.fault;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.eventloop.EventLoopListener;
import io.github.websocketkeepalive.health.WebSocketKeepaliveHealthIndicator;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.LiveClients;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Tag("slow")
@ExtendWith(OutputCaptureExtension.class)
class BlockedLoopTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Duration TIMEOUT = Duration.ofSeconds(1);

	private static final int CONNECTIONS = 500;

	@ParameterizedTest
	@EnumSource
	void aBlockedLoopKillsNobodyButTheDeadAndItsCulpritIsNamed(Transport transport, CapturedOutput output)
			throws Exception {
		try (TestServer server = TestServer.on(transport)
			.heartbeat("1s", "1s")
			.property("websocket-keepalive.echo.path", "/echo/**")
			.property("websocket-keepalive.event-loop.warn-after", "1s")
			.property("websocket-keepalive.event-loop.stack-after", "1s")
			.property("websocket-keepalive.event-loop.down-after", "1500ms")
			.start(Application.class);
				LiveClients live = LiveClients.connect(CONNECTIONS, server.uri("/echo/live"));
				LiveClients culprit = LiveClients.connect(1, server.uri("/culprit"))) {
			await().atMost(PATIENCE).until(() -> server.connections().count() == CONNECTIONS + 1);
			Survivors.assertAnswerOn(server, "/echo/live", CONNECTIONS);
			await().atMost(PATIENCE).until(() -> stalledLoops(server) == 0);
			Stalls stalls = server.bean(Stalls.class);
			stalls.names.clear();
			double stallsBefore = stallCount(server);
			int outputBefore = output.length();
			try (RawClient dead = RawClient.connect(server.port(), "/echo/dead");
					RawClient deadToo = RawClient.connect(server.port(), "/echo/dead")) {
				culprit.sendText("block");
				await().atMost(PATIENCE).until(() -> health(server).getStatus().equals(Status.DOWN));
				assertThat(stalledLoops(server)).isPositive();
				String thread = server.bean(Culprit.class).block.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
				await().atMost(PATIENCE).until(() -> health(server).getStatus().equals(Status.UP));
				assertTheDeadDie(server.bean(RecordingListener.class));
				assertThat(dead.isClosedByServer()).isTrue();
				assertThat(deadToo.isClosedByServer()).isTrue();
				assertThat(stalls.names).containsOnlyOnce(thread);
				assertThat(stallCount(server) - stallsBefore).isEqualTo(stalls.names.size());
				assertThat(output.subSequence(outputBefore, output.length()).toString().lines())
					.filteredOn((line) -> line.contains("Event loop " + thread + " has been blocked for"))
					.hasSize(1)
					.allMatch((line) -> line.contains("WARN"));
				assertThat(output).contains(Culprit.class.getName() + ".standStill(");
			}
			Survivors.assertAnswerOn(server, "/echo/live", CONNECTIONS);
			assertThat(server.bean(RecordingListener.class).closed("/echo/live")).isEmpty();
			assertThat(live.open()).isEqualTo(CONNECTIONS);
			assertThat(culprit.open()).isOne();
		}
	}

	@Test
	void aListenerThatBlocksAnEventLoopIsNamed(CapturedOutput output) throws Exception {
		try (TestServer server = TestServer.on(Transport.NIO)
			.property("websocket-keepalive.echo.path", "/echo")
			.property("websocket-keepalive.event-loop.warn-after", "500ms")
			.property("websocket-keepalive.event-loop.stack-after", "500ms")
			.start(ApplicationThatBlocks.class); RawClient client = RawClient.connect(server.port(), "/echo")) {
			await().atMost(PATIENCE)
				.until(() -> output.toString().contains(BlockingListener.class.getName() + ".onOpened("));
			server.bean(BlockingListener.class).release.countDown();
			client.sendText("hello");
			assertThat(client.read(RawClient.TEXT).text()).isEqualTo("hello");
		}
	}

	private static void assertTheDeadDie(RecordingListener events) {
		await().atMost(PATIENCE).until(() -> events.closed("/echo/dead").size() == 2);
		assertThat(events.closed("/echo/dead")).extracting(RecordingListener.Closed::cause)
			.containsOnly(CloseCause.PING_TIMEOUT);
	}

	private static Health health(TestServer server) {
		return server.bean(WebSocketKeepaliveHealthIndicator.class).health().block();
	}

	private static long stalledLoops(TestServer server) {
		return (long) health(server).getDetails().get("stalledLoops");
	}

	private static double stallCount(TestServer server) {
		return server.bean(MeterRegistry.class).get("websocket.eventloop.stalls").counter().count();
	}

	@Import({ RecordingListener.class, Culprit.class, Stalls.class })
	static class Application {

	}

	@WebSocketMapping("/culprit")
	static class Culprit implements WebSocketHandler {

		private final CompletableFuture<String> block = new CompletableFuture<>();

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return session.receive().doOnNext((message) -> standStill()).then();
		}

		private void standStill() {
			try {
				Thread.sleep(TIMEOUT.multipliedBy(3).toMillis());
				this.block.complete(Thread.currentThread().getName());
			}
			catch (InterruptedException ex) {
				this.block.completeExceptionally(ex);
			}
		}

	}

	@Import(BlockingListener.class)
	static class ApplicationThatBlocks {

	}

	static class BlockingListener implements ConnectionListener {

		private final CountDownLatch release = new CountDownLatch(1);

		@Override
		public void onOpened(WebSocketConnection connection) {
			try {
				this.release.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	static class Stalls implements EventLoopListener {

		private final List<String> names = new CopyOnWriteArrayList<>();

		@Override
		public void onStall(String eventLoop) {
			this.names.add(eventLoop);
		}

	}

}
