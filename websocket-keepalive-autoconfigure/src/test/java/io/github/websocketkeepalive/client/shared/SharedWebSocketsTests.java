package io.github.websocketkeepalive.client.shared;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

import io.github.websocketkeepalive.client.ClientConnections;
import io.github.websocketkeepalive.client.ClientListener;
import io.github.websocketkeepalive.client.ClientResources;
import io.github.websocketkeepalive.client.KeepaliveWebSocketClient;
import io.github.websocketkeepalive.client.handshake.HandshakeRequest;
import io.github.websocketkeepalive.client.reconnect.BackoffPolicy;
import io.github.websocketkeepalive.client.reconnect.ConnectionState;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.liveness.PingMode;
import io.github.websocketkeepalive.test.Listening;

import static org.assertj.core.api.Assertions.assertThat;

class SharedWebSocketsTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static final URI PRICES = URI.create("ws://localhost/prices");

	private static final URI ORDERS = URI.create("ws://localhost/orders");

	private final List<String> told = new ArrayList<>();

	private final SharedWebSockets sockets = new SharedWebSockets(client(),
			SharedOptions.DEFAULTS.withOutbound(1, OverflowPolicy.DROP_OLDEST));

	@Test
	void everyUriHasOneWebSocket() {
		assertThat(this.sockets.get(PRICES)).isSameAs(this.sockets.get(URI.create("ws://localhost/prices")))
			.isNotSameAs(this.sockets.get(ORDERS));
	}

	@Test
	void theRequestOfTheFirstWhoAsksCounts() {
		SharedWebSocket first = this.sockets.get(PRICES, failing("first"));
		assertThat(this.sockets.get(PRICES, failing("second"))).isSameAs(first);
		StepVerifier.create(first.receive())
			.verifyErrorSatisfies((end) -> assertThat(end).hasMessageContaining("first"));
		assertThat(this.told).isEmpty();
	}

	@Test
	void whatIsDroppedIsToldUnderTheNameOfTheClient() {
		SharedWebSocket socket = this.sockets.get(PRICES);
		socket.send(SharedMessage.text("old")).subscribe(null, (failure) -> {
		});
		socket.send(SharedMessage.text("new")).subscribe();
		assertThat(this.told).containsExactly("dropped by shared");
	}

	@Test
	void whoLeavesLastStartsTheLingerAnew() {
		VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
		try {
			List<ConnectionState> states = new ArrayList<>();
			SharedWebSocket socket = this.sockets.get(PRICES, Mono.never());
			socket.states().subscribe(states::add);
			socket.receive().subscribe().dispose();
			time.advanceTimeBy(Duration.ofSeconds(4));
			socket.receive().subscribe().dispose();
			time.advanceTimeBy(Duration.ofSeconds(4));
			assertThat(states).containsExactly(new ConnectionState.Connecting(0));
			time.advanceTimeBy(SECOND);
			assertThat(states).last().isEqualTo(new ConnectionState.Ended(null));
		}
		finally {
			VirtualTimeScheduler.reset();
		}
	}

	@Test
	void whatNobodyWillSendIsDroppedWhenNobodyUsesTheConnection() {
		VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
		try {
			SharedWebSocket socket = this.sockets.get(PRICES, Mono.never());
			Disposable user = socket.receive().subscribe();
			socket.send(SharedMessage.text("late")).subscribe(null, (end) -> this.told.add(end.getMessage()));
			user.dispose();
			time.advanceTimeBy(Duration.ofSeconds(5));
			assertThat(this.told).containsExactly("dropped by shared",
					"Message was not sent: nobody uses the connection any more");
		}
		finally {
			VirtualTimeScheduler.reset();
		}
	}

	private static Mono<HandshakeRequest> failing(String message) {
		return Mono.error(new IllegalStateException(message));
	}

	private KeepaliveWebSocketClient client() {
		ClientListener listener = new ClientListener() {

			@Override
			public void onDropped(String client) {
				SharedWebSocketsTests.this.told.add("dropped by " + client);
			}

		};
		ClientResources resources = new ClientResources(null, null, null, new ClientConnections(),
				Listening.by(ClientListener.class, listener), null);
		return new KeepaliveWebSocketClient.Builder(resources, PATIENCE, new BackoffPolicy(SECOND, SECOND, SECOND),
				LivenessPolicy.of(PingMode.ALWAYS, SECOND, SECOND, SECOND, SECOND))
			.name("shared")
			.maxAttempts(1)
			.build();
	}

}
