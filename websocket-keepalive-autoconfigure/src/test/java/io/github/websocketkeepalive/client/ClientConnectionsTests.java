package io.github.websocketkeepalive.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.test.StubConnection;

import static org.assertj.core.api.Assertions.assertThat;

class ClientConnectionsTests {

	private final ClientConnections connections = new ClientConnections();

	private final List<ClientConnections.End> ends = new ArrayList<>();

	@Test
	void theEndOfAConnectionIsToldToItsClient() {
		this.connections.end("a").subscribe(this.ends::add);
		this.connections.onClosed(StubConnection.withId("b"), CloseCause.EOF, 1006);
		assertThat(this.ends).isEmpty();
		this.connections.onClosed(StubConnection.withId("a"), CloseCause.RESET, 1006);
		assertThat(this.ends).containsExactly(new ClientConnections.End(CloseCause.RESET, 1006));
	}

	@Test
	void theShutdownIsCompleteWhenNoConnectionIsOpen() {
		this.connections.end("a").subscribe(this.ends::add);
		StepVerifier.create(this.connections.shutDown())
			.expectSubscription()
			.expectNoEvent(Duration.ofMillis(50))
			.then(() -> this.connections.onClosed(StubConnection.withId("a"), CloseCause.LOCAL_CLOSED, 1001))
			.verifyComplete();
		StepVerifier.create(this.connections.shutDown()).verifyComplete();
	}

	@Test
	void whoAsksAfterTheShutdownIsToldOfItToo() {
		this.connections.shutDown();
		List<String> told = new ArrayList<>();
		this.connections.whenShutDown().subscribe(null, null, () -> told.add("shut down"));
		assertThat(told).containsExactly("shut down");
	}

	@Test
	void whoAsksAfterARestartIsToldOfTheNextShutdownOnly() {
		this.connections.shutDown();
		this.connections.start();
		List<String> told = new ArrayList<>();
		this.connections.whenShutDown().subscribe(null, null, () -> told.add("shut down"));
		this.connections.start();
		assertThat(told).isEmpty();
		this.connections.shutDown();
		assertThat(told).containsExactly("shut down");
	}

}
