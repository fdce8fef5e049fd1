package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;

import static org.awaitility.Awaitility.await;

/**
 * The fields and types of what operators read over HTTP: the endpoint and the health.
 */
@ExtendWith(LeakDetection.class)
class RecordedJsonTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@Test
	void jsonIsAsRecorded() throws Exception {
		try (TestServer server = RecordedApplication.server().heartbeat("100ms", "1h").start(RecordedApplication.class);
				RawClient client = RawClient.connect(server.port(), "/ws/echo")) {
			client.answer(client.read(RawClient.PING));
			await().atMost(PATIENCE)
				.until(() -> server.connections().stream().anyMatch((connection) -> connection.getRtt() != null));
			leaveWithoutARequest(server);
			Recording.of("json")
				.hasLines(Stream
					.of("/actuator/websockets", "/actuator/websockets/" + id(server), "/actuator/websockets/probes",
							"/actuator/health/webSocketKeepalive")
					.flatMap((path) -> shape(path.replace(id(server), "{id}"), get(server, path))));
			Recording.of("json-actions")
				.hasLines(Stream.of("drain", "drain", "resume", "explode")
					.flatMap((action) -> shape(action, post(server, action))));
		}
	}

	private static void leaveWithoutARequest(TestServer server) throws IOException {
		RawClient.connectOnly(server.port(), 0).close();
		await().atMost(PATIENCE)
			.until(() -> get(server, "/actuator/websockets/probes").toString().contains("127.0.0.1"));
	}

	private static String id(TestServer server) {
		return server.connections().stream().findFirst().orElseThrow().getId();
	}

	private static JsonNode get(TestServer server, String path) {
		return send(HttpRequest.newBuilder(uri(server, path)));
	}

	private static JsonNode post(TestServer server, String action) {
		return send(HttpRequest.newBuilder(uri(server, "/actuator/websockets"))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString("{\"action\":\"" + action + "\"}")));
	}

	private static URI uri(TestServer server, String path) {
		return URI.create("http://localhost:" + server.port() + path);
	}

	private static JsonNode send(HttpRequest.Builder request) {
		try {
			return JsonMapper.shared()
				.readTree(HttpClient.newHttpClient()
					.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString())
					.body());
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Stream<String> shape(String path, JsonNode node) {
		Supplier<Stream<String>> self = () -> Stream.of(path + ": " + node.getNodeType());
		if (node.isObject()) {
			return node.propertyStream().flatMap((field) -> shape(path + " " + field.getKey(), field.getValue()));
		}
		return node.isArray()
				? Stream.concat(self.get(), node.valueStream().flatMap((item) -> shape(path + "[]", item)))
				: self.get();
	}

}
