package io.github.websocketkeepalive.fault;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import tools.jackson.databind.JsonNode;

import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.StreamPeer;
import io.github.websocketkeepalive.test.StreamServers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A client that loses and continues its session in ways that a seed chooses, and checks
 * that no token is good twice, and that a session that was given up comes back at once.
 */
final class SessionSchedule implements AutoCloseable {

	private static final int LONGEST_DELAY_MILLIS = 100;

	private final Map<String, Integer> recoveries = new HashMap<>();

	private final List<StreamPeer> peers = new ArrayList<>();

	private final StreamServers servers;

	private final Random random;

	private int server;

	private StreamPeer peer;

	private JsonNode session;

	SessionSchedule(StreamServers servers, long seed) throws IOException {
		this.servers = servers;
		this.random = new Random(seed);
		this.peer = connect(this.server);
		this.peer.send("{'type':'session'}");
		this.session = this.peer.read("session");
	}

	/**
	 * Do something, and check what came of it.
	 */
	void step() throws IOException {
		if (this.servers.hasRedis() && this.random.nextInt(4) == 0) {
			this.servers.redis().delayClients(Duration.ofMillis(1 + this.random.nextInt(LONGEST_DELAY_MILLIS)));
		}
		switch (this.random.nextInt(5)) {
			case 0 -> closeAndResume();
			case 1 -> closeAndResumeTwice();
			case 2 -> abortAndResume();
			case 3 -> resumeWithoutClosing();
			default -> closeAndResumeAndVanish();
		}
	}

	private void closeAndResume() throws IOException {
		int next = anyServer();
		StreamPeer successor = connect(next);
		closeInOrder();
		assertThat(resume(successor, next)).as("close and resume").isTrue();
	}

	private void closeAndResumeTwice() throws IOException {
		int next = anyServer();
		int other = anyServer();
		StreamPeer successor = connect(next);
		StreamPeer rival = connect(other);
		String token = token();
		closeInOrder();
		ask(successor, token);
		ask(rival, token);
		JsonNode first = answer(successor, token);
		JsonNode second = answer(rival, token);
		assertThat(List.of(isRecovered(first), isRecovered(second))).as("close and resume twice")
			.containsExactlyInAnyOrder(true, false);
		if (isRecovered(first)) {
			use(successor, next, first);
			rival.raw().reset();
		}
		else {
			use(rival, other, second);
			successor.raw().reset();
		}
	}

	private void abortAndResume() throws IOException {
		int before = this.server;
		int next = anyServer();
		StreamPeer successor = connect(next);
		this.peer.raw().reset();
		boolean recovered = resume(successor, next);
		assertThat(recovered || next != before).as("abort and resume on the same server").isTrue();
	}

	private void resumeWithoutClosing() throws IOException {
		StreamPeer lost = this.peer;
		int before = this.server;
		int next = anyServer();
		boolean recovered = resume(connect(next), next);
		assertThat(recovered).as("resume without closing").isEqualTo(next == before);
		if (recovered) {
			assertThatExceptionOfType(StreamPeer.ClosedException.class).isThrownBy(lost::read);
		}
		else {
			lost.raw().reset();
		}
	}

	private void closeAndResumeAndVanish() throws IOException {
		int next = anyServer();
		StreamPeer vanishing = connect(anyServer());
		StreamPeer successor = connect(next);
		closeInOrder();
		ask(vanishing, token());
		vanishing.raw().reset();
		resume(successor, next);
	}

	private void closeInOrder() throws IOException {
		this.peer.raw().sendClose(1000, "");
		if (this.random.nextBoolean()) {
			this.peer.raw().read(RawClient.CLOSE);
		}
	}

	private boolean resume(StreamPeer successor, int server) throws IOException {
		String id = this.session.get("id").asString();
		String token = token();
		ask(successor, token);
		JsonNode answer = answer(successor, token);
		assertThat(answer.get("id").asString().equals(id)).isEqualTo(isRecovered(answer));
		use(successor, server, answer);
		return isRecovered(answer);
	}

	private void use(StreamPeer successor, int server, JsonNode session) {
		this.peer = successor;
		this.server = server;
		this.session = session;
	}

	/**
	 * Try every token twice at once, and check that none was good twice in all.
	 */
	void tryAllTokensAgain() throws IOException {
		List<String> tokens = List.copyOf(this.recoveries.keySet());
		List<StreamPeer> rivals = new ArrayList<>();
		for (int i = 0; i < 2 * tokens.size(); i++) {
			StreamPeer rival = connect(anyServer());
			rivals.add(rival);
			ask(rival, tokens.get(i / 2));
		}
		for (int i = 0; i < rivals.size(); i++) {
			answer(rivals.get(i), tokens.get(i / 2));
			rivals.get(i).raw().reset();
		}
		assertThat(this.recoveries.values()).allSatisfy((times) -> assertThat(times).isLessThanOrEqualTo(1));
	}

	private static void ask(StreamPeer peer, String token) throws IOException {
		peer.send("{'type':'session','token':'%s'}".formatted(token));
	}

	private JsonNode answer(StreamPeer peer, String token) throws IOException {
		JsonNode answer = peer.read("session");
		this.recoveries.merge(token, isRecovered(answer) ? 1 : 0, Integer::sum);
		return answer;
	}

	private static boolean isRecovered(JsonNode answer) {
		return answer.get("recovered").asBoolean();
	}

	private String token() {
		return this.session.get("token").asString();
	}

	private StreamPeer connect(int server) throws IOException {
		StreamPeer peer = this.servers.connect(server);
		this.peers.add(peer);
		return peer;
	}

	private int anyServer() {
		return this.random.nextInt(this.servers.count());
	}

	@Override
	public void close() throws IOException {
		for (StreamPeer peer : this.peers) {
			peer.close();
		}
	}

}
