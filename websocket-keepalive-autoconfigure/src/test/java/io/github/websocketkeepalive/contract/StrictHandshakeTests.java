package io.github.websocketkeepalive.contract;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.server.ConnectionContextWebFilter;
import io.github.websocketkeepalive.test.Http2Client;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * That a strict server accepts the handshakes that RFC 6455 section 4.2.1 describes and
 * no others, and that one which is not answers as it does while the starter is off.
 */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith(LeakDetection.class)
class StrictHandshakeTests {

	private static final int COMBINATIONS = 300;

	private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

	/**
	 * The versions that Reactor Netty speaks. The oldest has no header.
	 */
	private static final Set<String> SPOKEN = Set.of("7", "8", "13");

	private static TestServer strict;

	private static TestServer lenient;

	private static TestServer off;

	@Parameter
	private Transport transport;

	@BeforeParameterizedClassInvocation
	static void startServers(Transport transport) {
		strict = start(transport, "websocket-keepalive.guard.strict", true);
		lenient = start(transport, "websocket-keepalive.guard.strict", false);
		off = start(transport, "websocket-keepalive.enabled", false);
	}

	private static TestServer start(Transport transport, String property, boolean value) {
		return TestServer.on(transport)
			.property(property, value)
			.property("logging.level.reactor.netty", "off")
			.property("logging.level.org.springframework.boot.webflux", "off")
			.start(Endpoints.class);
	}

	@AfterParameterizedClassInvocation
	static void stopServers() {
		Stream.of(strict, lenient, off).forEach(TestServer::close);
	}

	static Stream<Handshake> handshakes() {
		List<Handshake> handshakes = new ArrayList<>();
		for (Part part : Part.values()) {
			part.choices.forEach((choice) -> handshakes.add(new Handshake(Map.of(part, choice))));
		}
		Random random = new Random(COMBINATIONS);
		for (int i = 0; i < COMBINATIONS; i++) {
			Map<Part, Choice> chosen = new EnumMap<>(Part.class);
			for (Part part : Part.values()) {
				// Most are right, so that not every handshake breaks several rules.
				if (random.nextInt(3) == 0) {
					chosen.put(part, part.choices.get(random.nextInt(part.choices.size())));
				}
			}
			handshakes.add(new Handshake(chosen));
		}
		return handshakes.stream();
	}

	@Test
	void aStrictServerAcceptsWhatTheRfcDescribes() {
		assertThat(handshakes()).allSatisfy((handshake) -> {
			Answer answer = answer(strict, handshake);
			if (handshake.isValid()) {
				assertThat(answer).isEqualTo(new Answer(101, handshake.offers("b") ? "b" : null));
			}
			else {
				assertThat(answer.status()).isIn(400, handshake.isRight(Part.VERSION) ? 400 : 426);
			}
		});
	}

	@Test
	void aLenientServerAnswersAsIfTheStarterWereOff() {
		assertThat(handshakes()).allSatisfy((handshake) -> {
			Answer answer = answer(lenient, handshake);
			Answer expected = answer(off, handshake);
			// A version that Reactor Netty does not speak is refused before Spring looks.
			boolean early = expected.status() == 400 && answer.status() == 426;
			assertThat(answer).isEqualTo(early ? new Answer(426, null) : expected);
			assertThat(early && SPOKEN.contains(handshake.first(Part.VERSION))).isFalse();
		});
	}

	@ParameterizedTest
	@MethodSource
	void whatIsBrokenHasItsStatusAndReason(Part part, List<String> lines, int status, String reason)
			throws IOException {
		try (RawClient client = RawClient.connectOnly(strict.port(), 0)) {
			client.send(new Handshake(Map.of(part, new Choice(false, lines))).request());
			assertThat(client.readResponse()).matches("(?s)HTTP/1\\.[01] " + status + " .*");
			assertThat(client.readLine()).isEqualTo("WebSocket refused: " + reason);
			assertThat(client.isClosedByServer()).isTrue();
		}
	}

	static Stream<Object[]> whatIsBrokenHasItsStatusAndReason() {
		return Stream.of(new Object[] { Part.HTTP, List.of("HTTP/1.0"), 400, "handshake-http-version" },
				new Object[] { Part.HOST, List.of(), 400, "handshake-host" },
				new Object[] { Part.CONNECTION, List.of("keep-alive"), 400, "handshake-connection" },
				new Object[] { Part.KEY, List.of("c2hvcnQ="), 400, "handshake-key" },
				new Object[] { Part.VERSION, List.of("13", "8"), 400, "handshake-version" },
				new Object[] { Part.VERSION, List.of("8"), 426, "version" });
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1", "HTTP/1.0" })
	void aPageIsServedThoughAProxyPutsUpgradeIntoEachRequest(String version) throws IOException {
		try (RawClient client = RawClient.connectOnly(strict.port(), 0)) {
			client.send("GET /actuator " + version
					+ "\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
			assertThat(client.readResponse()).matches("(?s)HTTP/1\\.[01] 200 .*");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "websocket", "foo, websocket" })
	void aHandlerFindsItsConnectionInTheContextHoweverItWasAskedFor(String upgrade) throws IOException {
		try (RawClient client = RawClient.connectOnly(strict.port(), 0)) {
			client.send(new Handshake(Map.of(Part.UPGRADE, new Choice(true, List.of(upgrade)))).request());
			assertThat(client.readResponse()).startsWith("HTTP/1.1 101");
			assertThat(client.read(RawClient.TEXT).text()).hasSize(12);
		}
	}

	@Test
	void aStrictServerHoldsTheRulesOverHttp2() throws Exception {
		try (TestServer server = start(this.transport, "server.http2.enabled", true)) {
			assertThat(Http2Client.handshake(server.port(), false, "/ws", "Sec-WebSocket-Version: 13",
					"Sec-WebSocket-Version: 13"))
				.containsEntry(":status", "400");
			assertThat(Http2Client.handshake(server.port(), false, "/ws", "Sec-WebSocket-Protocol: a",
					"Sec-WebSocket-Protocol: b"))
				.containsEntry(":status", "200")
				.containsEntry("sec-websocket-protocol", "b");
		}
	}

	@Test
	void aStrictServerHoldsTheRulesWhereHttp2IsEnabled() throws Exception {
		try (TestServer server = start(this.transport, "server.http2.enabled", true)) {
			for (Part part : Part.values()) {
				for (Choice choice : part.choices) {
					int status = answer(server, new Handshake(Map.of(part, choice))).status();
					assertThat(status).as("%s: %s", part, choice.lines())
						.isIn(choice.right() ? List.of(101) : List.of(400, 426));
				}
			}
		}
	}

	private static Answer answer(TestServer server, Handshake handshake) throws IOException {
		try (RawClient client = RawClient.connectOnly(server.port(), 0)) {
			client.send(handshake.request());
			String head = client.readResponse();
			Matcher subprotocol = Pattern.compile("(?i)\r\nSec-WebSocket-Protocol: (.*)\r\n").matcher(head);
			return new Answer(Integer.parseInt(head.split(" ", 3)[1]),
					subprotocol.find() ? subprotocol.group(1) : null);
		}
		catch (EOFException ex) {
			return new Answer(0, null);
		}
	}

	/**
	 * An answer.
	 *
	 * @param status the status, 0 if there was none
	 * @param subprotocol the subprotocol that was chosen
	 */
	private record Answer(int status, String subprotocol) {
	}

	/**
	 * What a part of a handshake may be.
	 *
	 * @param right whether it is what RFC 6455 asks for
	 * @param lines the values, each in a line of its own
	 */
	record Choice(boolean right, List<String> lines) {

		static Choice allowed(String... lines) {
			return new Choice(true, List.of(lines));
		}

		static Choice forbidden(String... lines) {
			return new Choice(false, List.of(lines));
		}

	}

	/**
	 * The parts of a handshake. The first choice is the usual one.
	 */
	enum Part {

		HTTP("", Choice.allowed("HTTP/1.1"), Choice.forbidden("HTTP/1.0")),

		HOST("Host", Choice.allowed("localhost"), Choice.allowed("localhost:8080"), Choice.forbidden(),
				Choice.forbidden(""), Choice.forbidden("localhost", "localhost"),
				Choice.forbidden("localhost", "example.org")),

		UPGRADE("Upgrade", Choice.allowed("websocket"), Choice.allowed("WebSocket"), Choice.allowed("foo, websocket"),
				Choice.allowed("foo", "websocket")),

		CONNECTION("Connection", Choice.allowed("Upgrade"), Choice.allowed("upgrade"), Choice.allowed("UPGRADE"),
				Choice.allowed("keep-alive, uPgrade"), Choice.allowed("keep-alive", "Upgrade"), Choice.forbidden(),
				Choice.forbidden("keep-alive")),

		KEY("Sec-WebSocket-Key", Choice.allowed(StrictHandshakeTests.KEY), Choice.allowed("AAAAAAAAAAAAAAAAAAAAAA=="),
				Choice.forbidden(), Choice.forbidden(""), Choice.forbidden("AAAAAAAAAAAAAAAAAAAA"),
				Choice.forbidden("AAAAAAAAAAAAAAAAAAAAAAA="), Choice.forbidden("AAAAAAAAAAAAAAAAAAAAAA"),
				Choice.forbidden("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
				Choice.forbidden("dGhl-HNhbXBsZSBub25jZQ=="), Choice.forbidden("dGhl HNhbXBsZSBub25jZQ=="),
				Choice.forbidden(StrictHandshakeTests.KEY, "AAAAAAAAAAAAAAAAAAAAAA=="),
				Choice.forbidden(StrictHandshakeTests.KEY, StrictHandshakeTests.KEY)),

		VERSION("Sec-WebSocket-Version", Choice.allowed("13"), Choice.forbidden(), Choice.forbidden(""),
				Choice.forbidden("8"), Choice.forbidden("12"), Choice.forbidden("013"), Choice.forbidden("13, 8"),
				Choice.forbidden("13", "8"), Choice.forbidden("8", "13"), Choice.forbidden("13", "13")),

		PROTOCOL("Sec-WebSocket-Protocol", Choice.allowed(), Choice.allowed("a"), Choice.allowed("b"),
				Choice.allowed("a,b"), Choice.allowed("a, b"), Choice.allowed("a", "b"), Choice.allowed("b", "a"),
				Choice.allowed("a", "c , b"));

		private final String header;

		private final List<Choice> choices;

		Part(String header, Choice... choices) {
			this.header = header;
			this.choices = List.of(choices);
		}

	}

	/**
	 * A handshake.
	 *
	 * @param chosen the parts that are not the usual ones
	 */
	record Handshake(Map<Part, Choice> chosen) {

		private Choice choice(Part part) {
			return this.chosen.getOrDefault(part, part.choices.get(0));
		}

		boolean isRight(Part part) {
			return choice(part).right();
		}

		String first(Part part) {
			return choice(part).lines().isEmpty() ? "" : choice(part).lines().get(0);
		}

		boolean isValid() {
			return Arrays.stream(Part.values()).allMatch(this::isRight);
		}

		boolean offers(String subprotocol) {
			return choice(Part.PROTOCOL).lines()
				.stream()
				.flatMap((line) -> Stream.of(line.split(",")))
				.anyMatch((name) -> name.strip().equals(subprotocol));
		}

		String request() {
			StringBuilder request = new StringBuilder("GET /ws " + choice(Part.HTTP).lines().get(0) + "\r\n");
			for (Part part : Part.values()) {
				if (part != Part.HTTP) {
					choice(part).lines()
						.forEach((value) -> request.append(part.header).append(": ").append(value).append("\r\n"));
				}
			}
			return request.append("\r\n").toString();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Endpoints {

		@Bean
		@WebSocketMapping("/ws")
		WebSocketHandler handler() {
			return new WebSocketHandler() {

				@Override
				public List<String> getSubProtocols() {
					return List.of("b");
				}

				@Override
				public Mono<Void> handle(WebSocketSession session) {
					return Mono.deferContextual((context) -> session.send(Mono.just(session
						.textMessage(context.getOrDefault(ConnectionContextWebFilter.CONNECTION_ID, "none")))));
				}

			};
		}

	}

}
