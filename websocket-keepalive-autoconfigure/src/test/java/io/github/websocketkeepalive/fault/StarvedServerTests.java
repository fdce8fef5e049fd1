package io.github.websocketkeepalive.fault;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Configuration;

import io.github.websocketkeepalive.test.ForkedServer;
import io.github.websocketkeepalive.test.LiveClients;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Tag("load")
class StarvedServerTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	private static final int CONNECTIONS = 1000;

	@ParameterizedTest
	@EnumSource
	void garbageCollectionsAndBusyProcessorsKillNobodyButTheDead(Transport transport) throws Exception {
		try (ForkedServer server = ForkedServer.start(transport, List.of("-Xmx768m", "-Xms768m", "-XX:+UseSerialGC"),
				Application.class, "websocket-keepalive.echo.path=/echo/**",
				"websocket-keepalive.heartbeat.interval=1s",
				"websocket-keepalive.heartbeat.timeout=" + TIMEOUT.toMillis() + "ms", "logging.level.root=warn",
				"websocket-keepalive.logging.lifecycle-level=warn");
				LiveClients live = LiveClients.connect(CONNECTIONS, server.uri("/echo/live"))) {
			awaitPings(live, 1);
			server.suffer(GarbageCollections.class);
			assertOnlyTheDeadDie(server, live, 1);
			server.suffer(BusyProcessors.class);
			assertOnlyTheDeadDie(server, live, 2);
		}
	}

	private static void assertOnlyTheDeadDie(ForkedServer server, LiveClients live, int dead) throws IOException {
		try (RawClient client = RawClient.connect(server.port(), "/echo/dead")) {
			assertThat(client.isClosedByServer()).isTrue();
		}
		awaitPings(live, 3);
		assertThat(live.open()).isEqualTo(CONNECTIONS);
		assertThat(server.lines("closed:")).hasSize(dead).allMatch((line) -> line.contains("cause=ping-timeout"));
	}

	private static void awaitPings(LiveClients clients, int each) {
		int before = clients.pings();
		await().atMost(PATIENCE).until(() -> clients.pings() >= before + each * CONNECTIONS);
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

	}

	/**
	 * Full collections of a large live set, one after another.
	 */
	static class GarbageCollections implements Runnable {

		private static final int OBJECTS = 8_000_000;

		@Override
		public void run() {
			List<Object> live = new ArrayList<>(OBJECTS);
			for (int i = 0; i < OBJECTS; i++) {
				live.add(new long[] { i });
			}
			long start = System.nanoTime();
			int count = 0;
			while (System.nanoTime() - start < TIMEOUT.multipliedBy(3).toNanos()) {
				System.gc();
				count++;
			}
			System.out.println(count + " collections of " + live.size() + " objects");
		}

	}

	/**
	 * Twice as many busy threads as there are processors.
	 */
	static class BusyProcessors implements Runnable {

		@Override
		public void run() {
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
				threads.add(new Thread(BusyProcessors::spin));
			}
			threads.forEach(Thread::start);
			threads.forEach(BusyProcessors::join);
		}

		private static void spin() {
			long start = System.nanoTime();
			while (System.nanoTime() - start < TIMEOUT.multipliedBy(5).toNanos()) {
				Thread.onSpinWait();
			}
		}

		private static void join(Thread thread) {
			try {
				thread.join();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
