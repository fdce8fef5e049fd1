package io.github.websocketkeepalive.test;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that talk all the time, and come back when and only when they were told to.
 */
public final class ReturningClients implements AutoCloseable {

	private static final String HINT = "reconnect-after=";

	private final HttpClient http = HttpClient.newHttpClient();

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

	private final Map<WebSocket, Boolean> open = new ConcurrentHashMap<>();

	private final List<String> failures = new CopyOnWriteArrayList<>();

	private final AtomicInteger returned = new AtomicInteger();

	private final URI uri;

	public ReturningClients(int count, URI uri) {
		this.uri = uri;
		for (int i = 0; i < count; i++) {
			connect().join();
		}
		this.timer.scheduleWithFixedDelay(() -> this.open.keySet().forEach(ReturningClients::talk), 0, 1000,
				TimeUnit.MILLISECONDS);
	}

	public int open() {
		return this.open.size();
	}

	public int returned() {
		return this.returned.get();
	}

	/**
	 * Return what ended otherwise than by an invitation to come back.
	 */
	public List<String> failures() {
		return this.failures;
	}

	private CompletableFuture<WebSocket> connect() {
		return this.http.newWebSocketBuilder().buildAsync(this.uri, new Returning());
	}

	private void comeBack() {
		connect().whenComplete((socket, failure) -> {
			if (failure != null) {
				this.failures.add("not let in: " + failure);
			}
			else {
				this.returned.incrementAndGet();
			}
		});
	}

	private static void talk(WebSocket socket) {
		if (!socket.isOutputClosed()) {
			socket.sendText("hello", true).exceptionally((ex) -> null);
		}
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
		this.open.keySet().forEach(WebSocket::abort);
	}

	private final class Returning implements WebSocket.Listener {

		@Override
		public void onOpen(WebSocket socket) {
			ReturningClients.this.open.put(socket, true);
			socket.request(Long.MAX_VALUE);
		}

		@Override
		public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
			ReturningClients.this.open.remove(socket);
			if (code == 1012 && reason.startsWith(HINT)) {
				ReturningClients.this.timer.schedule(ReturningClients.this::comeBack,
						Long.parseLong(reason.substring(HINT.length())), TimeUnit.MILLISECONDS);
			}
			else {
				ReturningClients.this.failures.add("closed with " + code + " " + reason);
			}
			return null;
		}

		@Override
		public void onError(WebSocket socket, Throwable failure) {
			ReturningClients.this.open.remove(socket);
			ReturningClients.this.failures.add("failed: " + failure);
		}

	}

}
