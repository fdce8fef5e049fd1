package io.github.websocketkeepalive.fault;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A peer that says it sends nothing more, and then resets the connection. With Netty
 * before 4.2.13 such a channel stayed for ever, and its event loop never rested
 * (CVE-2026-42577).
 */
class ResetAfterHalfCloseTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final int CLIENTS = 10;

	private static final long SPAN_MILLIS = 200;

	private static final double RESTING = 0.2;

	@ParameterizedTest
	@CsvSource({ "EPOLL, /echo", "EPOLL, /unread", "NIO, /echo", "NIO, /unread" })
	void theConnectionEndsAndItsEventLoopRests(Transport transport, String path) throws Exception {
		try (TestServer server = TestServer.on(transport)
			.workers(1)
			.heartbeat("200ms", "1s")
			.property("websocket-keepalive.echo.path", "/echo")
			.start(Unread.class, RecordingListener.class); RawClient good = RawClient.connect(server.port(), "/echo")) {
			List<RawClient> clients = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				RawClient client = RawClient.connect(server.port(), path);
				client.sendBinary(new byte[50_000]);
				client.socket().shutdownOutput();
				clients.add(client);
			}
			good.sendText("The only event loop has seen all that.");
			good.read(RawClient.TEXT);
			for (RawClient client : clients) {
				client.reset();
			}
			RecordingListener events = server.bean(RecordingListener.class);
			Thread reader = answerPings(good);
			await().atMost(PATIENCE).until(() -> events.closed().size() == CLIENTS);
			await().atMost(PATIENCE).until(() -> busyShare() < RESTING);
			assertThat(server.connections().count()).isOne();
			assertThat(reader.isAlive()).isTrue();
		}
	}

	private static Thread answerPings(RawClient client) {
		Thread thread = new Thread(() -> {
			try {
				while (true) {
					client.answer(client.read(RawClient.PING));
				}
			}
			catch (Exception ex) {
				// The test is over.
			}
		}, "good");
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	private static double busyShare() throws InterruptedException {
		long start = System.nanoTime();
		long before = eventLoopNanos();
		TimeUnit.MILLISECONDS.sleep(SPAN_MILLIS);
		return (double) (eventLoopNanos() - before) / (System.nanoTime() - start);
	}

	private static long eventLoopNanos() {
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
			.filter(Objects::nonNull)
			.filter((thread) -> thread.getThreadName().startsWith("test-"))
			.mapToLong((thread) -> threads.getThreadCpuTime(thread.getThreadId()))
			.sum();
	}

	@Configuration(proxyBeanMethods = false)
	static class Unread {

		@Bean
		@WebSocketMapping("/unread")
		WebSocketHandler unread() {
			return (session) -> Mono.never();
		}

	}

}
