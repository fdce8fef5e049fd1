package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

import io.github.websocketkeepalive.admission.AdmissionDecision;
import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.admission.AdmissionListener;
import io.github.websocketkeepalive.admission.AdmissionPolicy;
import io.github.websocketkeepalive.client.ClientListener;
import io.github.websocketkeepalive.client.KeepaliveWebSocketClient;
import io.github.websocketkeepalive.client.KeepaliveWebSocketClientCustomizer;
import io.github.websocketkeepalive.client.reconnect.ConnectionState;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.ManagedConnection;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.drain.Drain;
import io.github.websocketkeepalive.drain.ReturnDelays;
import io.github.websocketkeepalive.drain.TrafficSwitch;
import io.github.websocketkeepalive.eventloop.EventLoopListener;
import io.github.websocketkeepalive.eventloop.EventLoopMonitor;
import io.github.websocketkeepalive.guard.InflationLimit;
import io.github.websocketkeepalive.health.WebSocketHealthDetails;
import io.github.websocketkeepalive.listener.CallbackFailures;
import io.github.websocketkeepalive.liveness.SuspectRound;
import io.github.websocketkeepalive.logging.MdcScope;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.probe.ProbeListener;
import io.github.websocketkeepalive.stream.FeedSignal;
import io.github.websocketkeepalive.stream.LiveTopic;
import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.StreamFeed;
import io.github.websocketkeepalive.stream.codec.BatchEncoder;
import io.github.websocketkeepalive.stream.codec.BatchWriter;
import io.github.websocketkeepalive.stream.codec.StreamCodec;
import io.github.websocketkeepalive.stream.protocol.ClientFrame;
import io.github.websocketkeepalive.stream.protocol.ServerFrame;
import io.github.websocketkeepalive.stream.server.StreamListener;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;
import io.github.websocketkeepalive.stream.session.SessionStore;
import io.github.websocketkeepalive.stream.session.StreamSessions;
import io.github.websocketkeepalive.stream.topic.HistoryStore;
import io.github.websocketkeepalive.test.LiveClients;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.StreamPeer;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Every callback of the application throws at every call, and the server does everything
 * else as before.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailingCallbacksTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final int SLOTS = 10;

	/**
	 * Callbacks whose failures are counted.
	 */
	private static final Set<Class<?>> COUNTED = Set.of(AdmissionListener.class, AdmissionPolicy.class,
			ClientListener.class, ConnectionListener.class, EventLoopListener.class, ProbeListener.class,
			ReturnDelays.class, StreamListener.class, TrafficSwitch.class);

	/**
	 * Callbacks whose failures are told otherwise: to the client of a stream, by the
	 * health of stores or of WebSockets, or by a start-up that fails.
	 */
	private static final Set<Class<?>> TOLD_OTHERWISE = Set.of(ReplayableSource.class, StreamFeed.class,
			LiveTopic.class, SessionStore.class, HistoryStore.class, HistoryStore.Log.class,
			KeepaliveWebSocketClientCustomizer.class, WebSocketHealthDetails.class);

	/**
	 * Interfaces that only this product implements.
	 */
	private static final Set<Class<?>> OURS = Set.of(AdmissionDecision.class, ConnectionState.class,
			ManagedConnection.class, WebSocketConnection.class, WebSocketConnections.class,
			EventLoopMonitor.Sweep.class, InflationLimit.class, FeedSignal.class, BatchEncoder.class, BatchWriter.class,
			StreamCodec.class, ClientFrame.class, ServerFrame.class, StreamSessions.Holder.class, MdcScope.Open.class,
			SuspectRound.Suspect.class, SuspectRound.Loop.class);

	private static volatile Class<? extends Throwable> failure = IllegalStateException.class;

	@Test
	void ofEveryPublicInterfaceItIsKnownWhatItsFailureDoes() {
		Set<String> known = Stream.of(COUNTED, TOLD_OTHERWISE, OURS)
			.flatMap(Set::stream)
			.map(Class::getName)
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
			.withImportOption((location) -> !location.contains("-tests.jar"))
			.importPackages("io.github.websocketkeepalive")
			.stream()
			.filter((type) -> type.isInterface() && !type.isAnnotation())
			.filter((type) -> type.getModifiers().contains(JavaModifier.PUBLIC))
			.map(JavaClass::getName)).containsExactlyInAnyOrderElementsOf(known);
	}

	@ParameterizedTest
	@ValueSource(classes = { IllegalStateException.class, NoClassDefFoundError.class, AssertionError.class,
			OutOfMemoryError.class })
	void aServerWhoseListenersAllThrowDoesEverythingElseAsBefore(Class<? extends Throwable> type, CapturedOutput output)
			throws Exception {
		failure = type;
		try (TestServer server = TestServer.on(Transport.values()[0])
			.heartbeat("1s", "1s")
			.drain(Duration.ZERO, Duration.ofSeconds(1))
			.property("websocket-keepalive.echo.path", "/echo")
			.property("websocket-keepalive.admission.max-connections", SLOTS)
			.start(Application.class, Listeners.class);
				LiveClients bystanders = LiveClients.connect(2, server.uri("/echo"))) {
			AdmissionGate gate = server.bean(AdmissionGate.class);
			aDeadPeerIsFound(server);
			slotsAreGivenBack(server, gate);
			aProbeIsSeen(server);
			streamsWork(server);
			aClientComesBack(server);
			await().atMost(PATIENCE).until(() -> gate.slotsTaken() == 2);
			assertThat(bystanders.open()).isEqualTo(2);
			assertThat(output).contains("opened: role=server", "closed: role=server", "cause=ping-timeout");
			server.bean(Drain.class).start();
			await().atMost(PATIENCE).until(() -> bystanders.closedWith(1012) == 2);
			await().atMost(PATIENCE).until(() -> gate.slotsTaken() == 0);
			assertThat(server.connections().count()).isZero();
			failuresAreCounted(server);
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { IllegalStateException.class, NoClassDefFoundError.class, AssertionError.class,
			OutOfMemoryError.class })
	void aPolicyThatThrowsRefusesAndIsCounted(Class<? extends Throwable> type) throws Exception {
		failure = type;
		try (TestServer server = TestServer.on(Transport.values()[0])
			.property("websocket-keepalive.echo.path", "/echo")
			.start(Policy.class); RawClient client = RawClient.connectOnly(server.port(), 0)) {
			client.send(RawClient.handshake("/echo"));
			assertThat(client.readResponse()).contains("503");
			assertThat(server.bean(CallbackFailures.class).count(AdmissionPolicy.class)).isOne();
		}
	}

	private static void aDeadPeerIsFound(TestServer server) throws IOException {
		try (RawClient silent = RawClient.connect(server.port(), "/echo")) {
			assertThat(silent.isClosedByServer()).isTrue();
		}
	}

	private static void slotsAreGivenBack(TestServer server, AdmissionGate gate) throws Exception {
		for (int i = 0; i < 2 * SLOTS; i++) {
			await().atMost(PATIENCE).until(() -> gate.slotsTaken() < SLOTS);
			RawClient.connect(server.port(), "/echo").close();
		}
		await().atMost(PATIENCE).until(() -> gate.slotsTaken() == 2);
		try (LiveClients others = LiveClients.connect(SLOTS - 2, server.uri("/echo"));
				RawClient refused = RawClient.connectOnly(server.port(), 0)) {
			refused.send(RawClient.handshake("/echo"));
			assertThat(refused.readResponse()).contains("503");
			assertThat(others.open()).isEqualTo(SLOTS - 2);
		}
		await().atMost(PATIENCE).until(() -> gate.slotsTaken() == 2);
	}

	private static void aProbeIsSeen(TestServer server) throws IOException {
		CallbackFailures failures = server.bean(CallbackFailures.class);
		new Socket("localhost", server.port()).close();
		await().atMost(PATIENCE).until(() -> failures.count(ProbeListener.class) > 0);
	}

	private static void streamsWork(TestServer server) throws IOException {
		try (StreamPeer peer = StreamPeer.connect(server.port(), "/streams")) {
			peer.open("s", "numbers");
			assertThat(peer.readAll("s")).isEqualTo(100);
		}
	}

	private static void aClientComesBack(TestServer server) {
		URI uri = server.uri("/streams");
		Disposable run = server.bean(KeepaliveWebSocketClient.Builder.class)
			.name("coming-back")
			.build()
			.execute(uri, (session) -> session.receive().then())
			.subscribe();
		WebSocketConnection first = await().atMost(PATIENCE).until(() -> client(server), (client) -> client != null);
		server.connections().close(first.getId(), 1012, "again");
		await().atMost(PATIENCE)
			.until(() -> client(server), (client) -> client != null && !client.getId().equals(first.getId()));
		run.dispose();
		await().atMost(PATIENCE).until(() -> client(server) == null);
	}

	private static WebSocketConnection client(TestServer server) {
		return server.connections()
			.stream()
			.filter((connection) -> connection.getEndpoint().equals("coming-back"))
			.findFirst()
			.orElse(null);
	}

	private static void failuresAreCounted(TestServer server) {
		MeterRegistry meters = server.bean(MeterRegistry.class);
		for (Class<?> type : COUNTED) {
			FunctionCounter counter = meters.get("websocket.callback.failures")
				.tag("type", type.getSimpleName())
				.functionCounter();
			if (type == AdmissionPolicy.class) {
				assertThat(counter.count()).isZero();
			}
			else {
				assertThat(counter.count()).as(type.getSimpleName()).isPositive();
			}
		}
	}

	@SuppressWarnings("unchecked")
	private static <T> T failing(Class<T> type) {
		return (T) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
				(proxy, method, arguments) -> {
					return switch (method.getName()) {
						case "toString" -> "failing " + type.getSimpleName();
						case "hashCode" -> System.identityHashCode(proxy);
						case "equals" -> proxy == arguments[0];
						default -> throw failure.getConstructor().newInstance();
					};
				});
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		@WebSocketMapping("/streams")
		WebSocketHandler streams(StreamWebSocketHandler.Builder streams) {
			return streams.build();
		}

		@Bean
		ReplayableSource<Integer> numbers() {
			return (request, offset) -> Flux.range((int) offset, (int) (100 - offset));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Registrar.class)
	static class Listeners {

	}

	static class Registrar implements ImportBeanDefinitionRegistrar {

		@Override
		public void registerBeanDefinitions(AnnotationMetadata metadata, BeanDefinitionRegistry registry) {
			COUNTED.stream()
				.filter((type) -> type != AdmissionPolicy.class)
				.forEach((type) -> register(registry, type));
		}

		private static <T> void register(BeanDefinitionRegistry registry, Class<T> type) {
			registry.registerBeanDefinition("failing" + type.getSimpleName(),
					new RootBeanDefinition(type, () -> failing(type)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Policy {

		@Bean
		AdmissionPolicy policy() {
			return failing(AdmissionPolicy.class);
		}

	}

}
