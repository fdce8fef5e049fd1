package io.github.websocketkeepalive.connection;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.websocketkeepalive.test.Listening;
import io.github.websocketkeepalive.test.StubConnection;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a {@link ConnectionRegistry} finds what a map would find, with ids that
 * differ and with ids that collide.
 */
class ConnectionRegistryModelTests {

	private static final int COLLIDING = 64;

	private static final int STEPS = 4000;

	private static final int ROUNDS = 2000;

	private final ConnectionRegistry registry = new ConnectionRegistry(Listening.by(ConnectionListener.class));

	@Test
	void theIdsOfTheseTestsCollide() {
		assertThat(IntStream.range(0, COLLIDING).mapToObj(ConnectionRegistryModelTests::collidingId)).hasSize(COLLIDING)
			.doesNotHaveDuplicates()
			.allSatisfy((id) -> assertThat(id).hasSameHashCodeAs(collidingId(0)));
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5 })
	void itFindsWhatAMapWouldFind(long seed) {
		Random random = new Random(seed);
		Map<String, ManagedConnection> model = new HashMap<>();
		List<ManagedConnection> ended = new ArrayList<>();
		for (int step = 0; step < STEPS; step++) {
			String id = randomId(random);
			ManagedConnection present = model.get(id);
			if (present == null || random.nextInt(10) == 0) {
				ManagedConnection successor = StubConnection.withId(id);
				this.registry.opened(successor);
				model.put(id, successor);
				ended.add((present != null) ? present : StubConnection.withId(id));
			}
			else {
				this.registry.closed(present, CloseCause.EOF, 1006);
				model.remove(id);
				this.registry.closed(ended.get(random.nextInt(ended.size())), CloseCause.EOF, 1006);
			}
			assertThat(this.registry.count()).as("step %d", step).isEqualTo(model.size());
			String probed = randomId(random);
			assertThat(this.registry.find(probed).orElse(null)).as("step %d", step).isSameAs(model.get(probed));
		}
		assertThat(this.registry.stream()).containsExactlyInAnyOrderElementsOf(model.values());
		model.forEach((id, connection) -> assertThat(this.registry.find(id)).containsSame(connection));
	}

	@Test
	void aConnectionIsFoundWhicheverOfThoseBeforeItInItsChainEnds() {
		for (int leaving = 0; leaving < COLLIDING; leaving++) {
			ConnectionRegistry registry = new ConnectionRegistry(Listening.by(ConnectionListener.class));
			List<ManagedConnection> connections = new ArrayList<>();
			for (int i = 0; i < COLLIDING; i++) {
				connections.add(StubConnection.withId(collidingId(i)));
				registry.opened(connections.get(i));
			}
			registry.closed(connections.remove(leaving), CloseCause.EOF, 1006);
			assertThat(registry.find(collidingId(leaving))).isEmpty();
			assertThat(connections)
				.allSatisfy((connection) -> assertThat(registry.find(connection.getId())).containsSame(connection));
			assertThat(registry.stream()).containsExactlyInAnyOrderElementsOf(connections);
		}
	}

	@Test
	void manyConnectionsAreFoundByTheIdsOfTheirSessions() {
		List<String> sessions = IntStream.range(0, 2000).mapToObj((number) -> "session-" + number).toList();
		sessions.forEach((session) -> this.registry.opened(StubConnection.withId(ConnectionId.of(session))));
		assertThat(sessions).allSatisfy((session) -> assertThat(this.registry.find(session)).get()
			.extracting(WebSocketConnection::getId)
			.isEqualTo(ConnectionId.of(session)));
		assertThat(this.registry.find("session-2000")).isEmpty();
	}

	@Test
	void whatStaysOpenIsAlwaysFoundWhileOthersComeAndGoOnOtherThreads() throws Exception {
		List<ManagedConnection> staying = IntStream.range(0, COLLIDING / 2)
			.<ManagedConnection>mapToObj((number) -> StubConnection.withId(collidingId(2 * number)))
			.toList();
		staying.forEach(this.registry::opened);
		List<Callable<Void>> work = new ArrayList<>();
		IntStream.range(0, 3).forEach((writer) -> work.add(() -> comeAndGo(writer)));
		work.add(() -> find(staying));
		work.add(() -> stream(staying));
		ExecutorService threads = Executors.newFixedThreadPool(work.size());
		try {
			for (Future<Void> done : threads.invokeAll(work)) {
				done.get();
			}
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(this.registry.stream()).containsExactlyInAnyOrderElementsOf(staying);
		assertThat(this.registry.count()).isEqualTo(staying.size());
	}

	private Void comeAndGo(int writer) {
		for (int round = 0; round < ROUNDS; round++) {
			List<ManagedConnection> own = Stream
				.of(collidingId(2 * writer + 1), collidingId(2 * writer + 33), "id-" + writer + "-" + round)
				.<ManagedConnection>map(StubConnection::withId)
				.toList();
			own.forEach(this.registry::opened);
			assertThat(own).allMatch((connection) -> this.registry.find(connection.getId()).orElse(null) == connection);
			own.forEach((connection) -> this.registry.closed(connection, CloseCause.EOF, 1006));
			assertThat(own).allMatch((connection) -> this.registry.find(connection.getId()).isEmpty());
		}
		return null;
	}

	private Void find(List<ManagedConnection> staying) {
		for (int round = 0; round < ROUNDS; round++) {
			ManagedConnection connection = staying.get(round % staying.size());
			assertThat(this.registry.find(connection.getId())).containsSame(connection);
			assertThat(this.registry.count()).isGreaterThanOrEqualTo(staying.size());
		}
		return null;
	}

	private Void stream(List<ManagedConnection> staying) {
		for (int round = 0; round < ROUNDS / 10; round++) {
			assertThat(this.registry.stream()).doesNotHaveDuplicates().containsAll(staying);
		}
		return null;
	}

	private static String randomId(Random random) {
		int number = random.nextInt(400);
		return (number < COLLIDING) ? collidingId(number) : "id-" + number;
	}

	// "Aa" and "BB" have the same hash, and so has every text of the same length that is
	// made of them.
	private static String collidingId(int number) {
		StringBuilder id = new StringBuilder();
		for (int bit = 1; bit < COLLIDING; bit <<= 1) {
			id.append(((number & bit) != 0) ? "Aa" : "BB");
		}
		return id.toString();
	}

}
