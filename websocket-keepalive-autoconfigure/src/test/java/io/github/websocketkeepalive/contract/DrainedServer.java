package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.drain.Drain;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server that shuts down, and what is to be known of that.
 */
final class DrainedServer implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final double TOLERANCE = 0.25;

	private final List<String> refusals = new CopyOnWriteArrayList<>();

	private final TestServer server;

	private final RecordingListener events;

	private final Ends ends;

	private final Duration grace;

	private final Duration window;

	private long shutDownAt;

	DrainedServer(Transport transport, Duration grace, Duration window, String shutdown) {
		this.grace = grace;
		this.window = window;
		this.server = TestServer.on(transport)
			.heartbeat("1h", "1h")
			.property("server.shutdown", shutdown)
			.property("server.http2.enabled", true)
			.drain(grace, window)
			.start(Application.class);
		this.events = this.server.bean(RecordingListener.class);
		this.ends = this.server.bean(Ends.class);
	}

	TestServer server() {
		return this.server;
	}

	void awaitConnections(int count) {
		await().atMost(PATIENCE).until(() -> this.server.connections().count() == count);
	}

	void awaitPendingOutput(String path, int count) {
		await().atMost(PATIENCE)
			.until(() -> this.server.connections()
				.stream()
				.filter((connection) -> connection.getPath().equals(path) && connection.getPendingBytes() > 0)
				.count() == count);
	}

	/**
	 * Shut down, while clients try to connect.
	 * @return how long that took
	 */
	Duration shutDown() throws InterruptedException {
		int port = this.server.port();
		Drain drain = this.server.bean(Drain.class);
		this.shutDownAt = System.nanoTime();
		AtomicLong end = new AtomicLong();
		Thread shutdown = new Thread(() -> {
			this.server.close();
			end.set(System.nanoTime());
		}, "shutdown");
		shutdown.start();
		await().atMost(PATIENCE).until(drain::isDraining);
		while (shutdown.isAlive()) {
			knock(port);
			shutdown.join(100);
		}
		return Duration.ofNanos(end.get() - this.shutDownAt);
	}

	// Refused connections are those of the listener, which is closed after the drain.
	private void knock(int port) {
		try (RawClient client = RawClient.connectOnly(port, 0)) {
			client.socket().setSoTimeout(1000);
			client.send(RawClient.handshake("/ws/echo"));
			this.refusals.add(client.readResponse());
		}
		catch (IOException ex) {
			// the listener is closed
		}
	}

	List<String> refusals() {
		return this.refusals;
	}

	List<RecordingListener.Closed> closed() {
		return this.events.closed();
	}

	Map<String, String> ends() {
		return this.ends.ends;
	}

	/**
	 * Compare the share of closes with the share of the window that is over at most: no
	 * more may have closed than are due. A busy machine may close some late;
	 * {@code DrainRunTests} are exact.
	 */
	void assertNobodyClosesBeforeItsTurn() {
		List<Long> times = closed().stream().map(RecordingListener.Closed::nanoTime).sorted().toList();
		long opensAt = this.shutDownAt + this.grace.toNanos();
		for (int i = 0; i < times.size(); i++) {
			double window = (double) (times.get(i) - opensAt) / this.window.toNanos();
			assertThat((double) i / times.size()).as("closes after %.2f of the window", window)
				.isLessThanOrEqualTo(window + TOLERANCE);
		}
	}

	@Override
	public void close() {
		this.server.close();
	}

	@Import({ RecordingListener.class, Ends.class, Echo.class, Silent.class, Push.class, Stalled.class })
	static class Application {

	}

	/**
	 * How the handlers of sessions ended.
	 */
	static class Ends {

		private final Map<String, String> ends = new ConcurrentHashMap<>();

		Mono<Void> note(WebSocketSession session, Mono<Void> handled) {
			Mono<CloseStatus> status = session.closeStatus();
			status.subscribe((code) -> this.ends.merge(session.getId(), "" + code.getCode(), String::concat));
			return handled
				.doOnSuccess((nothing) -> this.ends.merge(session.getId(), "completed ", (old, end) -> end + old))
				.doOnError((ex) -> this.ends.put(session.getId(), "failed: " + ex));
		}

	}

	@WebSocketMapping("/ws/echo")
	static class Echo implements WebSocketHandler {

		private final Ends ends;

		Echo(Ends ends) {
			this.ends = ends;
		}

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return this.ends.note(session, session.send(session.receive().map(WebSocketMessage::retain)));
		}

	}

	@WebSocketMapping("/ws/silent")
	static class Silent implements WebSocketHandler {

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return Mono.never();
		}

	}

	@WebSocketMapping("/ws/push")
	static class Push implements WebSocketHandler {

		private final Ends ends;

		Push(Ends ends) {
			this.ends = ends;
		}

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return this.ends.note(session,
					session.send(Flux.interval(Duration.ofMillis(500))
						.onBackpressureDrop()
						.map((i) -> session.textMessage("" + i))));
		}

	}

	@WebSocketMapping("/ws/stalled")
	static class Stalled implements WebSocketHandler {

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return session.send(Mono.just(session.binaryMessage((buffers) -> buffers.wrap(new byte[8 * 1024 * 1024]))))
				.then(Mono.never());
		}

	}

}
