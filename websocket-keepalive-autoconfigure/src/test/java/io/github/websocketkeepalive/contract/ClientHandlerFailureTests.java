package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.client.KeepaliveWebSocketClient;
import io.github.websocketkeepalive.client.reconnect.Disconnect;
import io.github.websocketkeepalive.client.reconnect.WebSocketEndedException;
import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.ScriptedServer;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The handler of a client may fail in any way, as that of a server: its peer is told
 * 1011, and the log has the exception.
 */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith({ LeakDetection.class, OutputCaptureExtension.class })
class ClientHandlerFailureTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static TestServer application;

	@Parameter
	private Transport transport;

	private final List<byte[]> closes = new CopyOnWriteArrayList<>();

	@BeforeParameterizedClassInvocation
	static void startApplication(Transport transport) {
		application = TestServer.on(transport).heartbeat("1h", "1h").start(RecordingListener.class);
	}

	@AfterParameterizedClassInvocation
	static void stopApplication() {
		application.close();
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FAILS_OFFLOADED")
	void aHandlerThatFailsEndsWith1011AndItsExceptionIsLoggedOnce(HandlerFailureTests.Shape shape,
			CapturedOutput output) throws IOException {
		Disconnect end = end(shape.name(), shape::handle);
		assertThat(end.failure()).isNotNull();
		assertThatItFailed(end, shape.name(), output);
		assertThat(output.toString().split(shape.logged(), -1)).hasSize(2);
	}

	@Test
	void aFailureThatTheApplicationHandlesIsItsOwn(CapturedOutput output) throws IOException {
		try (ScriptedServer server = server()) {
			client("handled").execute(server.uri(), (session) -> session.receive().doOnNext((message) -> {
				throw new IllegalStateException("handled");
			}).then().onErrorComplete()).block(PATIENCE);
			await().atMost(PATIENCE).until(() -> !this.closes.isEmpty());
		}
		assertThat(this.closes).singleElement().isEqualTo(new byte[0]);
		assertThat(output).doesNotContain("has failed");
	}

	@Test
	void aHandlerThatTakesOneMessageAndGoesOnEndsAsItDoesWithoutTheStarter(CapturedOutput output) throws IOException {
		try (ScriptedServer server = server()) {
			Disposable run = client("one")
				.execute(server.uri(), (session) -> session.receive().take(1).then(Mono.never()))
				.subscribe();
			await().atMost(PATIENCE).until(() -> !this.closes.isEmpty());
			run.dispose();
		}
		assertThat(this.closes).singleElement().isEqualTo(new byte[0]);
		assertThat(output).doesNotContain("has failed");
	}

	private void assertThatItFailed(Disconnect end, String name, CapturedOutput output) {
		assertThat(end.cause()).isEqualTo("handler-error");
		assertThat(end.code()).isEqualTo(1011);
		assertThat(this.closes).singleElement()
			.satisfies((payload) -> assertThat(ByteBuffer.wrap(payload).getShort()).isEqualTo((short) 1011));
		await().atMost(PATIENCE).until(() -> output.toString().contains("cause=handler-error code=1011"));
		await().atMost(PATIENCE).until(() -> !closed(name).isEmpty());
		assertThat(closed(name)).singleElement().satisfies((closed) -> {
			assertThat(closed.cause()).isEqualTo(CloseCause.HANDLER_ERROR);
			assertThat(closed.code()).isEqualTo(1011);
			assertThat(output).contains("The handler of " + endpoint(name) + " has failed, which ends WebSocket "
					+ closed.connection().getId());
		});
	}

	private List<RecordingListener.Closed> closed(String name) {
		return application.bean(RecordingListener.class)
			.closed()
			.stream()
			.filter((closed) -> closed.connection().getEndpoint().equals(endpoint(name)))
			.toList();
	}

	private Disconnect end(String name, WebSocketHandler handler) throws IOException {
		try (ScriptedServer server = server()) {
			Throwable failure = client(name).execute(server.uri(), handler)
				.then(Mono.<Throwable>empty())
				.onErrorResume(Mono::just)
				.block(PATIENCE);
			assertThat(failure).isInstanceOf(WebSocketEndedException.class);
			await().atMost(PATIENCE).until(() -> !this.closes.isEmpty());
			return ((WebSocketEndedException) failure).getDisconnect();
		}
	}

	private ScriptedServer server() throws IOException {
		return ScriptedServer.start((peer, number) -> {
			peer.open().sendText("x");
			ScriptedServer.Frame frame = peer.read();
			while (frame.opcode() != RawClient.CLOSE) {
				frame = peer.read();
			}
			this.closes.add(frame.payload());
			peer.socket().close();
		});
	}

	private KeepaliveWebSocketClient client(String name) {
		return application.bean(KeepaliveWebSocketClient.Builder.class).name(endpoint(name)).maxAttempts(1).build();
	}

	// What an endpoint fails with is logged in full once in ten seconds.
	private String endpoint(String name) {
		return this.transport + "-" + name;
	}

}
