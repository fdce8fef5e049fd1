package io.github.websocketkeepalive.endpoint;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

/**
 * The endpoint as operators see it, over HTTP.
 */
class WebSocketsEndpointWebTests {

	private static TestServer server;

	private final List<RawClient> clients = new ArrayList<>();

	@BeforeAll
	static void start() {
		server = builder().property("management.endpoint.websockets.access", "unrestricted").start();
	}

	private static TestServer.Builder builder() {
		return TestServer.on(Transport.NIO)
			.heartbeat("30s", "30s")
			.property("websocket-keepalive.echo.path", "/ws/{room}")
			.property("management.endpoints.web.exposure.include", "*")
			.drain(Duration.ofHours(1), Duration.ofSeconds(1));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@AfterEach
	void disconnect() throws IOException {
		for (RawClient client : this.clients) {
			client.close();
		}
		await().atMost(Duration.ofSeconds(20)).until(() -> server.connections().count() == 0);
	}

	@Test
	void aFreshConnectionHasTheFieldsThatHaveValues() throws Exception {
		connect("/ws/one");
		DocumentContext json = get("");
		assertThat(json.<Map<String, ?>>read("$")).containsOnlyKeys("total", "connections");
		assertThat(json.<Map<String, ?>>read("connections[0]").keySet()).containsExactly("id", "sessionId", "role",
				"endpoint", "path", "remoteAddress", "transport", "openedAt", "ageMillis", "liveness",
				"lastReceivedMillisAgo", "pingsSent", "pongsReceived", "foreignPings", "bytesReceived", "bytesSent",
				"pendingBytes", "closing");
	}

	@Test
	void aConnectionIsDescribed() throws Exception {
		RawClient client = connect("/ws/one");
		WebSocketConnection connection = connections().get(0);
		DocumentContext json = get("/" + connection.getId());
		assertThat(json.<String>read("id")).isEqualTo(connection.getId());
		assertThat(json.<String>read("sessionId")).isEqualTo(connection.getSessionId());
		assertThat(json.<String>read("role")).isEqualTo("server");
		assertThat(json.<String>read("endpoint")).isEqualTo("/ws/{room}");
		assertThat(json.<String>read("path")).isEqualTo("/ws/one");
		assertThat(json.<String>read("remoteAddress")).isEqualTo("127.0.0.1:" + client.socket().getLocalPort());
		assertThat(json.<String>read("transport")).isEqualTo("nio");
		assertThat(Instant.parse(json.read("openedAt"))).isCloseTo(connection.getOpenedAt(),
				within(1, ChronoUnit.SECONDS));
		assertThat(json.<String>read("liveness")).isEqualTo("ALIVE");
		assertThat(json.<Boolean>read("closing")).isFalse();
	}

	@Test
	void aConnectionIsFoundByTheIdOfItsSession() throws Exception {
		connect("/ws/one");
		WebSocketConnection connection = connections().get(0);
		assertThat(get("/" + connection.getSessionId()).<String>read("id")).isEqualTo(connection.getId());
	}

	@Test
	void theQueryIsNowhereInTheAnswer() throws Exception {
		connect("/ws/one?token=secret");
		String id = connections().get(0).getId();
		assertThat(send("GET", "").body()).contains("\"path\":\"/ws/one\"").doesNotContain("secret", "token");
		assertThat(send("GET", "/" + id).body()).contains("\"path\":\"/ws/one\"").doesNotContain("secret", "token");
	}

	@Test
	void filtersNarrowTheList() throws Exception {
		connect("/ws/one");
		connect("/ws/two");
		assertThat(total("?endpoint=/ws/%7Broom%7D")).isEqualTo(2);
		assertThat(total("?endpoint=/ws/one")).isZero();
		assertThat(total("?liveness=alive")).isEqualTo(2);
		assertThat(total("?liveness=awaiting-pong")).isZero();
		assertThat(total("?role=server")).isEqualTo(2);
		assertThat(total("?role=client")).isZero();
		assertThat(total("?address=127.0.0.1")).isEqualTo(2);
		assertThat(total("?address=192.0.2.7")).isZero();
	}

	@Test
	void pagesFollowEachOtherInTheOrderOfIds() throws Exception {
		for (int i = 0; i < 5; i++) {
			connect("/ws/one");
		}
		List<String> seen = new ArrayList<>();
		DocumentContext page = get("?limit=2");
		while (!page.<List<String>>read("connections[*].id").isEmpty()) {
			assertThat(page.<Integer>read("total")).isEqualTo(5);
			assertThat(page.<List<String>>read("connections[*].id")).hasSizeLessThanOrEqualTo(2);
			seen.addAll(page.<List<String>>read("connections[*].id"));
			page = get("?limit=2&after=" + seen.get(seen.size() - 1));
		}
		assertThat(seen).isEqualTo(connections().stream().map(WebSocketConnection::getId).toList());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			role=x                  | server, client
			role=server&role=client | server, client
			liveness=sleepy         | alive, awaiting-pong, held, dead
			limit=many              | The limit 'many' is not a whole number
			limit=-1                | The limit must not be negative
			""")
	void aFilterThatCannotMatchIsABadRequestThatSaysWhatCan(String query, String message) throws Exception {
		HttpResponse<String> response = send("GET", "?" + query);
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(JsonPath.parse(response.body()).<String>read("message")).contains(message);
	}

	@Test
	void aFilterWithoutAValueIsNone() throws Exception {
		connect("/ws/one");
		assertThat(total("?role&liveness&limit")).isEqualTo(1);
	}

	@Test
	void aConnectionThatIsNotOpenIsNotFound() throws Exception {
		assertThat(send("GET", "/0123456789ab").statusCode()).isEqualTo(404);
		assertThat(send("DELETE", "/0123456789ab").statusCode()).isEqualTo(404);
	}

	@Test
	void deleteClosesOneConnectionWithCodeAndReason() throws Exception {
		RawClient closed = connect("/ws/one");
		String id = connections().get(0).getId();
		RawClient other = connect("/ws/two");
		assertThat(send("DELETE", "/" + id + "?code=4001&reason=moved%20on").statusCode()).isEqualTo(204);
		RawClient.Frame close = closed.read(RawClient.CLOSE);
		assertThat(close.closeCode()).isEqualTo(4001);
		assertThat(close.closeReason()).isEqualTo("moved on");
		other.sendText("still here");
		assertThat(other.read(RawClient.TEXT).text()).isEqualTo("still here");
	}

	@Test
	void deleteClosesNormallyUnlessTold() throws Exception {
		RawClient client = connect("/ws/one");
		assertThat(send("DELETE", "/" + connections().get(0).getId()).statusCode()).isEqualTo(204);
		assertThat(client.read(RawClient.CLOSE).closeCode()).isEqualTo(1000);
	}

	@Test
	void deleteWithACodeThatMayNotBeSentIsABadRequestThatSaysWhichMay() throws Exception {
		RawClient client = connect("/ws/one");
		HttpResponse<String> response = send("DELETE", "/" + connections().get(0).getId() + "?code=1006");
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(JsonPath.parse(response.body()).<String>read("message")).contains("Close code 1006 may not be sent",
				"3000 to 4999");
		client.sendText("still here");
		assertThat(client.read(RawClient.TEXT).text()).isEqualTo("still here");
	}

	@Test
	void postDrainsOnceUntilResumed() throws Exception {
		RawClient client = connect("/ws/one");
		DocumentContext started = JsonPath.parse(act("drain").body());
		assertThat(started.<Map<String, Object>>read("$")).isEqualTo(Map.of("draining", true, "changed", true,
				"connections", 1, "graceMillis", 3_600_000, "windowMillis", 1000));
		assertThat(JsonPath.parse(act("drain").body()).<Boolean>read("changed")).isFalse();
		assertThat(httpStatusOfUpgrade()).startsWith("HTTP/1.1 503").containsIgnoringCase("retry-after: ");
		assertThat(JsonPath.parse(act("resume").body()).<Map<String, Object>>read("$"))
			.isEqualTo(Map.of("draining", false, "changed", true));
		assertThat(JsonPath.parse(act("resume").body()).<Boolean>read("changed")).isFalse();
		assertThat(httpStatusOfUpgrade()).startsWith("HTTP/1.1 101");
		client.sendText("still here");
		assertThat(client.read(RawClient.TEXT).text()).isEqualTo("still here");
	}

	@Test
	void anActionThatDoesNotExistIsABadRequestThatSaysWhichDo() throws Exception {
		HttpResponse<String> response = act("explode");
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.body()).contains("'explode'", "'drain' or 'resume'");
		assertThat(send("POST", "").statusCode()).isGreaterThanOrEqualTo(400);
	}

	private static String httpStatusOfUpgrade() throws IOException {
		try (RawClient client = RawClient.connectOnly(server.port(), 0)) {
			client.send(RawClient.handshake("/ws/new"));
			return client.readResponse();
		}
	}

	@Test
	void byDefaultTheEndpointListsAndNeitherClosesNorDrains() throws Exception {
		try (TestServer readOnly = builder().start();
				RawClient client = RawClient.connect(readOnly.port(), "/ws/one")) {
			await().atMost(Duration.ofSeconds(20)).until(() -> readOnly.connections().count() == 1);
			String id = readOnly.connections().stream().findFirst().orElseThrow().getId();
			assertThat(send(readOnly, "GET", "").statusCode()).isEqualTo(200);
			assertThat(send(readOnly, "GET", "/" + id).statusCode()).isEqualTo(200);
			assertThat(send(readOnly, "DELETE", "/" + id).statusCode()).isEqualTo(405);
			assertThat(act(readOnly, "drain").statusCode()).isEqualTo(405);
			client.sendText("still here");
			assertThat(client.read(RawClient.TEXT).text()).isEqualTo("still here");
		}
	}

	private static HttpResponse<String> act(String action) throws Exception {
		return act(server, action);
	}

	private static HttpResponse<String> act(TestServer server, String action) throws Exception {
		URI uri = URI.create("http://localhost:" + server.port() + "/actuator/websockets");
		return send(HttpRequest.newBuilder(uri)
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString("{\"action\":\"" + action + "\"}")));
	}

	private RawClient connect(String path) throws IOException {
		RawClient client = RawClient.connect(server.port(), path);
		this.clients.add(client);
		await().atMost(Duration.ofSeconds(20)).until(() -> server.connections().count() == this.clients.size());
		return client;
	}

	private static List<WebSocketConnection> connections() {
		return server.connections().stream().sorted(Comparator.comparing(WebSocketConnection::getId)).toList();
	}

	private static int total(String query) throws Exception {
		return get(query).read("total");
	}

	private static DocumentContext get(String pathAndQuery) throws Exception {
		return JsonPath.parse(send("GET", pathAndQuery).body());
	}

	private static HttpResponse<String> send(String method, String pathAndQuery) throws Exception {
		return send(server, method, pathAndQuery);
	}

	private static HttpResponse<String> send(TestServer server, String method, String pathAndQuery) throws Exception {
		URI uri = URI.create("http://localhost:" + server.port() + "/actuator/websockets" + pathAndQuery);
		return send(HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody()));
	}

	// Each request has a connection of its own: Reactor Netty leaves one in a hundred
	// unread on a connection that is kept alive.
	private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
		return HttpClient.newHttpClient()
			.send(request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
	}

}
