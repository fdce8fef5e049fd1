package io.github.websocketkeepalive.fault;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.test.AnsweringClient;
import io.github.websocketkeepalive.test.LiveClients;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Runs the same faults against the starter and against the {@link NaiveKeepalive}, and
 * prints a table of live peers that were killed and dead ones that were kept. Not a test
 * of the build, because it takes minutes: run it by its name.
 */
class KeepaliveComparison {

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private static final Duration TIMEOUT = Duration.ofSeconds(1);

	private static final Duration HELD_LIMIT = Duration.ofSeconds(5);

	/**
	 * So long a live peer is watched, and so long a dead one may stay.
	 */
	private static final Duration BOUND = Duration.ofSeconds(12);

	private final List<Row> rows = new ArrayList<>();

	@Test
	void compare() throws Exception {
		for (Transport transport : Transport.values()) {
			compare(transport, "one of two event loops blocked for 7 s", this::blockedLoop);
			compare(transport, "handler reads one message in 20 s", this::slowHandler);
			compare(transport, "one message of 1 MB arriving over 12 s", this::largeMessage);
			compare(transport, "peer reads 10 KB/s, 4 MB queued for it", this::slowReader);
			compare(transport, "peer stopped reading, 4 MB queued for it", this::stoppedReader);
			compare(transport, "peer frozen, handler reads", (server) -> frozenPeer(server, "/quiet"));
			compare(transport, "peer frozen, handler never reads", (server) -> frozenPeer(server, "/push"));
			if (NetworkNamespace.unavailable() == null) {
				compare(transport, "packets of half of the peers dropped", this::blackHole);
			}
		}
		System.out.println("| fault | transport | sessions | live ones killed by hand-written | by the starter "
				+ "| dead ones kept by hand-written | by the starter |\n|---|---|---|---|---|---|---|");
		this.rows.forEach(System.out::println);
		assertThat(this.rows).allMatch((row) -> row.starter().killed() == 0 && row.starter().kept() == 0)
			.anyMatch((row) -> row.naive().killed() > 0)
			.anyMatch((row) -> row.naive().kept() > 0);
	}

	private void compare(Transport transport, String fault, Scenario scenario) throws Exception {
		Outcome naive;
		Outcome starter;
		try (ComparedServer server = ComparedServer.withNaiveKeepalive(transport, INTERVAL, TIMEOUT)) {
			naive = scenario.run(server);
		}
		try (ComparedServer server = ComparedServer.withStarter(transport, INTERVAL, TIMEOUT, HELD_LIMIT)) {
			starter = scenario.run(server);
		}
		this.rows.add(new Row(fault, transport, naive, starter));
	}

	// Half of the sessions are on the loop that is blocked.
	private Outcome blockedLoop(ComparedServer server) throws Exception {
		try (LiveClients clients = LiveClients.connect(400, server.uri("/quiet"));
				RawClient culprit = RawClient.connect(server.port(), "/block")) {
			culprit.sendText("7");
			return live(400, clients);
		}
	}

	private Outcome slowHandler(ComparedServer server) throws Exception {
		try (LiveClients clients = LiveClients.connect(20, server.uri("/slow"))) {
			for (int i = 0; i < 40; i++) {
				clients.sendText("work");
			}
			return live(20, clients);
		}
	}

	private Outcome largeMessage(ComparedServer server) throws Exception {
		byte[] frame = RawClient.frame(true, RawClient.BINARY, new byte[1024 * 1024]);
		int chunks = 240;
		try (RawClient client = RawClient.connect(server.port(), "/quiet")) {
			Predicate<InetSocketAddress> peer = only(server, client);
			for (int i = 0; i < chunks && server.running(peer) == 1; i++) {
				int from = frame.length / chunks * i;
				client.send(Arrays.copyOfRange(frame, from, from + frame.length / chunks));
				TimeUnit.MILLISECONDS.sleep(50);
			}
			return new Outcome(1, 1 - server.running(peer), 0, 0);
		}
	}

	private Outcome slowReader(ComparedServer server) throws Exception {
		try (RawClient client = RawClient.connect(server.port(), "/flood", 4096);
				SlowReader reader = new SlowReader(client)) {
			Predicate<InetSocketAddress> peer = only(server, client);
			watch();
			return new Outcome(1, 1 - server.running(peer), 0, 0);
		}
	}

	private Outcome stoppedReader(ComparedServer server) throws Exception {
		try (RawClient client = RawClient.connect(server.port(), "/flood", 4096)) {
			return dead(server, only(server, client));
		}
	}

	private Outcome frozenPeer(ComparedServer server, String path) throws Exception {
		try (AnsweringClient client = AnsweringClient.start(server.port(), path)) {
			await().atMost(BOUND).until(() -> server.running((peer) -> true) == 1);
			watch(INTERVAL);
			client.stop();
			return dead(server, (peer) -> true);
		}
	}

	private Outcome blackHole(ComparedServer server) throws Exception {
		try (NetworkNamespace network = NetworkNamespace.create()) {
			RemoteClients.start(network, server.port(), "/quiet", 100, network.address(1), network.address(2));
			assertThat(server.open((peer) -> true)).isEqualTo(200);
			network.blackHole(network.address(2));
			watch();
			int live = server.running((peer) -> peer.getHostString().equals(network.address(1)));
			int kept = server.open((peer) -> peer.getHostString().equals(network.address(2)));
			return new Outcome(200, 100 - live, 100, kept);
		}
	}

	private static Outcome live(int count, LiveClients clients) throws InterruptedException {
		watch();
		return new Outcome(count, count - (int) clients.open(), 0, 0);
	}

	private static Outcome dead(ComparedServer server, Predicate<InetSocketAddress> peer) throws InterruptedException {
		assertThat(server.open(peer)).isOne();
		watch();
		return new Outcome(1, 0, 1, server.open(peer));
	}

	private static Predicate<InetSocketAddress> only(ComparedServer server, RawClient client) {
		int port = client.socket().getLocalPort();
		Predicate<InetSocketAddress> only = (peer) -> peer.getPort() == port;
		await().until(() -> server.running(only) == 1);
		return only;
	}

	private static void watch() throws InterruptedException {
		watch(BOUND);
	}

	private static void watch(Duration time) throws InterruptedException {
		TimeUnit.NANOSECONDS.sleep(time.toNanos());
	}

	@FunctionalInterface
	private interface Scenario {

		Outcome run(ComparedServer server) throws Exception;

	}

	/**
	 * What became of the sessions of a scenario.
	 *
	 * @param sessions how many there were
	 * @param killed how many with a live peer were closed
	 * @param dead how many had a dead peer
	 * @param kept how many of the dead were open still
	 */
	private record Outcome(int sessions, int killed, int dead, int kept) {

		String killedOf() {
			int live = this.sessions - this.dead;
			return (live > 0) ? this.killed + " of " + live : "–";
		}

		String keptOf() {
			return (this.dead > 0) ? this.kept + " of " + this.dead : "–";
		}

	}

	private record Row(String fault, Transport transport, Outcome naive, Outcome starter) {

		@Override
		public String toString() {
			return "| " + String.join(" | ", this.fault, this.transport.name().toLowerCase(Locale.ROOT),
					String.valueOf(this.naive.sessions()), this.naive.killedOf(), this.starter.killedOf(),
					this.naive.keptOf(), this.starter.keptOf()) + " |";
		}

	}

}
