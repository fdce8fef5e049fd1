package io.github.websocketkeepalive.client.shared;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Subscription;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import io.github.websocketkeepalive.client.KeepaliveWebSocketClient;
import io.github.websocketkeepalive.client.reconnect.BackoffPolicy;
import io.github.websocketkeepalive.client.reconnect.ConnectionState;
import io.github.websocketkeepalive.client.reconnect.WebSocketEndedException;
import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ExtendWith(LeakDetection.class)
class SharedWebSocketTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static ConfigurableApplicationContext context;

	private final List<String> received = new CopyOnWriteArrayList<>();

	private final List<String> atServer = new CopyOnWriteArrayList<>();

	@BeforeAll
	static void startApplication() {
		context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off")
			.run();
	}

	@AfterAll
	static void stopApplication() {
		context.close();
	}

	@Test
	void severalUsersOfOneUriShareOneConnection() throws IOException {
		try (ScriptedServer server = ScriptedServer.start(this::echo)) {
			SharedWebSockets sockets = sockets(SharedOptions.DEFAULTS.withLinger(Duration.ofMillis(50)));
			SharedWebSocket socket = sockets.get(server.uri());
			assertThat(sockets.get(server.uri())).isSameAs(socket);
			Disposable first = subscribe(socket, "a");
			Disposable second = subscribe(socket, "b");
			await().atMost(PATIENCE).until(() -> this.atServer.containsAll(List.of("hello a", "hello b")));
			socket.send(SharedMessage.text("news")).block(PATIENCE);
			await().atMost(PATIENCE).until(() -> this.received.containsAll(List.of("a: news", "b: news")));
			assertThat(server.connections()).isEqualTo(1);
			first.dispose();
			socket.send(SharedMessage.text("more")).block(PATIENCE);
			await().atMost(PATIENCE).until(() -> this.received.contains("b: more"));
			assertThat(this.received).doesNotContain("a: more");
			second.dispose();
			await().atMost(PATIENCE).until(() -> connections().count() == 0);
			assertThat(server.connections()).isEqualTo(1);
		}
	}

	@Test
	void whoComesWhileTheConnectionLingersFindsItOpen() throws IOException {
		try (ScriptedServer server = ScriptedServer.start(this::echo)) {
			SharedWebSocket socket = sockets(SharedOptions.DEFAULTS).get(server.uri());
			Disposable first = subscribe(socket, "a");
			await().atMost(PATIENCE).until(() -> this.atServer.contains("hello a"));
			first.dispose();
			Disposable second = subscribe(socket, "b");
			await().atMost(PATIENCE).until(() -> this.atServer.contains("hello b"));
			assertThat(server.connections()).isEqualTo(1);
			second.dispose();
		}
	}

	@Test
	void whoComesAfterTheConnectionHasClosedOpensAnother() throws IOException {
		try (ScriptedServer server = ScriptedServer.start(this::echo)) {
			SharedWebSocket socket = sockets(SharedOptions.DEFAULTS.withLinger(Duration.ZERO)).get(server.uri());
			Disposable first = subscribe(socket, "a");
			await().atMost(PATIENCE).until(() -> this.atServer.contains("hello a"));
			first.dispose();
			await().atMost(PATIENCE).until(() -> connections().count() == 0);
			Disposable second = subscribe(socket, "b");
			await().atMost(PATIENCE).until(() -> this.atServer.contains("hello b"));
			assertThat(server.connections()).isEqualTo(2);
			second.dispose();
		}
	}

	@Test
	void subscriptionsSurviveTheConnectionAndWhatIsSentMeanwhileFollowsThem() throws IOException {
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> {
			peer.open();
			if (number == 1) {
				this.atServer.add(peer.read().text());
				peer.reset();
			}
			else {
				echo(peer);
			}
		})) {
			SharedWebSocket socket = sockets(SharedOptions.DEFAULTS).get(server.uri());
			Mono<ConnectionState> away = socket.states()
				.filter(ConnectionState.Waiting.class::isInstance)
				.next()
				.cache();
			away.subscribe();
			Disposable user = subscribe(socket, "a");
			away.block(PATIENCE);
			socket.send(SharedMessage.text("while away")).block(PATIENCE);
			await().atMost(PATIENCE).until(() -> this.received.contains("a: while away"));
			assertThat(this.atServer).startsWith("hello a", "hello a", "while away");
			user.dispose();
		}
	}

	@Test
	void nobodyIsGreetedForWhoHasLeft() throws IOException {
		CountDownLatch left = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> {
			peer.open();
			if (number == 1) {
				this.atServer.add(peer.read().text());
				this.atServer.add(peer.read().text());
				await().atMost(PATIENCE).until(() -> left.getCount() == 0);
				peer.reset();
			}
			else {
				echo(peer);
			}
		})) {
			SharedWebSocket socket = sockets(SharedOptions.DEFAULTS).get(server.uri());
			Disposable stays = subscribe(socket, "a");
			Disposable leaves = subscribe(socket, "b");
			await().atMost(PATIENCE).until(() -> this.atServer.containsAll(List.of("hello a", "hello b")));
			leaves.dispose();
			left.countDown();
			await().atMost(PATIENCE).until(() -> this.atServer.size() > 2);
			socket.send(SharedMessage.text("news")).block(PATIENCE);
			await().atMost(PATIENCE).until(() -> this.atServer.contains("news"));
			assertThat(this.atServer).endsWith("hello a", "news").hasSize(4);
			stays.dispose();
		}
	}

	@Test
	void everyUserIsToldOfAFinalEnd() throws IOException {
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> peer.refuse("404 Not Found"))) {
			SharedWebSocket socket = sockets(SharedOptions.DEFAULTS).get(server.uri());
			Mono<Void> sent = socket.send(SharedMessage.text("lost")).cache();
			sent.subscribe(null, (failure) -> this.received.add(failure.getMessage()));
			StepVerifier.create(socket.receive()).expectError(WebSocketEndedException.class).verify(PATIENCE);
			assertThat(this.received).containsExactly("Message was not sent: the connection has ended for good");
			assertThat(server.connections()).isEqualTo(1);
		}
	}

	@Test
	void aUserThatIsTooSlowFailsAloneWhileOthersGoOn() throws IOException {
		int more = 40;
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> {
			peer.open();
			peer.read();
			for (int i = 0; i < more; i++) {
				peer.sendText("tick");
			}
			echo(peer);
		})) {
			SharedWebSocket socket = sockets(new SharedOptions(Duration.ZERO, 1, OverflowPolicy.FAIL, 16))
				.get(server.uri());
			List<Throwable> failures = new CopyOnWriteArrayList<>();
			BaseSubscriber<SharedMessage> slow = new BaseSubscriber<>() {

				@Override
				protected void hookOnSubscribe(Subscription subscription) {
					subscription.request(1);
				}

				@Override
				protected void hookOnError(Throwable failure) {
					failures.add(failure);
				}

			};
			socket.receive().subscribe(slow);
			Disposable live = subscribe(socket, "a");
			await().atMost(PATIENCE).until(() -> this.received.size() >= more);
			slow.requestUnbounded();
			await().atMost(PATIENCE).until(() -> failures.size() == 1);
			live.dispose();
		}
	}

	@Test
	void whatIsNotWrittenYetWhenTheConnectionIsLostDoesNotLeak() throws IOException {
		CountDownLatch full = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> {
			peer.open();
			if (number == 1) {
				await().atMost(PATIENCE).until(() -> full.getCount() == 0);
				peer.reset();
			}
			else {
				peer.read();
				this.atServer.add("back");
				peer.awaitEnd();
			}
		})) {
			int large = 100_000;
			int many = 1000;
			SharedWebSocket socket = sockets(SharedOptions.DEFAULTS.withOutbound(many, OverflowPolicy.DROP_OLDEST))
				.get(server.uri());
			Disposable user = subscribe(socket, "a");
			AtomicInteger taken = new AtomicInteger();
			for (int i = 0; i < many; i++) {
				socket.send(SharedMessage.binary(new byte[large])).subscribe(null, (failure) -> {
				}, taken::incrementAndGet);
			}
			await().atMost(PATIENCE).until(() -> taken.get() > 0);
			assertThat(taken).hasValueLessThan(many);
			full.countDown();
			await().atMost(PATIENCE).until(() -> this.atServer.contains("back"));
			user.dispose();
		}
	}

	private Disposable subscribe(SharedWebSocket socket, String user) {
		return socket.receive(SharedMessage.text("hello " + user))
			.subscribe((message) -> this.received.add(user + ": " + message.getText()));
	}

	private SharedWebSockets sockets(SharedOptions options) {
		KeepaliveWebSocketClient client = context.getBean(KeepaliveWebSocketClient.Builder.class)
			.name("shared")
			.backoff(new BackoffPolicy(Duration.ofMillis(200), Duration.ofMillis(500), Duration.ofSeconds(30)))
			.build();
		return new SharedWebSockets(client, options);
	}

	private WebSocketConnections connections() {
		return context.getBean(WebSocketConnections.class);
	}

	private void echo(ScriptedServer.Peer peer, int number) throws IOException {
		echo(peer.open());
	}

	private void echo(ScriptedServer.Peer peer) throws IOException {
		while (true) {
			ScriptedServer.Frame frame = peer.read();
			if (frame.opcode() == RawClient.TEXT) {
				this.atServer.add(frame.text());
				peer.sendText(frame.text());
			}
			else if (frame.opcode() == RawClient.CLOSE) {
				peer.socket().close();
				return;
			}
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
