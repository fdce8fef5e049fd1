package io.github.websocketkeepalive.fault;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Tag;
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

	private static final Duration SWEEP = TIMEOUT.dividedBy(4);

	private static final Duration BUDGET = TIMEOUT.multipliedBy(2).plus(SWEEP.multipliedBy(3));

	private static final Duration BUSY_MACHINE = Duration.ofSeconds(3);

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
				Block block = server.bean(Culprit.class).block.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
				await().atMost(PATIENCE).until(() -> health(server).getStatus().equals(Status.UP));
				assertTheDeadDieInTimeAfter(block, server.bean(RecordingListener.class));
				assertThat(dead.isClosedByServer()).isTrue();
				assertThat(deadToo.isClosedByServer()).isTrue();
				assertThat(stalls.names).containsOnlyOnce(block.thread());
				assertThat(stallCount(server) - stallsBefore).isEqualTo(stalls.names.size());
				assertThat(output.subSequence(outputBefore, output.length()).toString().lines())
					.filteredOn((line) -> line.contains("Event loop " + block.thread() + " has been blocked for"))
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

	private static void assertTheDeadDieInTimeAfter(Block block, RecordingListener events) {
		await().atMost(PATIENCE).until(() -> events.closed("/echo/dead").size() == 2);
		assertThat(events.closed("/echo/dead")).allSatisfy((end) -> {
			assertThat(end.cause()).isEqualTo(CloseCause.PING_TIMEOUT);
			Duration afterBlock = Duration.ofNanos(end.nanoTime() - block.endNanos());
		});
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

		private final CompletableFuture<Block> block = new CompletableFuture<>();

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return session.receive().doOnNext((message) -> standStill()).then();
		}

		private void standStill() {
			try {
				Thread.sleep(TIMEOUT.multipliedBy(3).toMillis());
				this.block.complete(new Block(Thread.currentThread().getName(), System.nanoTime()));
			}
			catch (InterruptedException ex) {
				this.block.completeExceptionally(ex);
			}
		}

	}

	/**
	 * How an event loop was blocked.
	 *
	 * @param thread the name of its thread
	 * @param endNanos when it ended
	 */
	private record Block(String thread, long endNanos) {
	}

	static class Stalls implements EventLoopListener {

		private final List<String> names = new CopyOnWriteArrayList<>();

		@Override
		public void onStall(String eventLoop) {
			this.names.add(eventLoop);
		}

	}

}
