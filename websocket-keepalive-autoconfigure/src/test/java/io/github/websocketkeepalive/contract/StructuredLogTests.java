package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.StandardEnvironment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.Log4j2Process;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The fields of the lines on the life of a connection, in every structured format that
 * Spring Boot has, and the plain lines beside them.
 */
@ExtendWith({ LeakDetection.class, OutputCaptureExtension.class })
class StructuredLogTests {

	private static final String OPENED = "\\[\\w+] opened: role=server endpoint=/ws remote=127\\.0\\.0\\.1:\\d+ transport=nio";

	private static final String CLOSED = "\\[\\w+] closed: role=server endpoint=/ws cause=peer-closed code=4711 age=\\d+\\.\\ds "
			+ "lastByteAgo=\\d+\\.\\ds rtt=\\d+\\.\\dms received=\\d+B sent=\\d+B";

	@AfterEach
	void resetLogging() {
		LoggedConversation.forgetFormat();
		LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
		logging.cleanUp();
		logging.beforeInitialize();
		logging.initialize(new LoggingInitializationContext(new StandardEnvironment()), null, null);
		logging.cleanUp();
	}

	@ParameterizedTest
	@ValueSource(strings = { "ecs", "logstash", "gelf" })
	void theFieldsAreInEveryFormatOfLogback(String format, CapturedOutput output) throws IOException {
		LoggedConversation.hold(format);
		hasFields(output.toString().lines().toList(), format, true);
	}

	@Test
	void plainLinesOfLogbackHaveNoFields(CapturedOutput output) throws IOException {
		LoggedConversation.hold(LoggedConversation.PLAIN);
		isPlain(output.toString().lines().toList());
	}

	@Test
	void theFieldsAreInEveryFormatOfLog4j2AndNotInPlainLines() throws Exception {
		Process process = Log4j2Process.start(LoggedConversation.class, LoggedConversation.PLAIN, "ecs", "logstash",
				"gelf");
		List<String> output = process.inputReader().lines().toList();
		assertThat(process.waitFor()).as("%s", output).isZero();
		for (String format : List.of("ecs", "logstash", "gelf")) {
			hasFields(part(output, format), format, false);
		}
		isPlain(part(output, LoggedConversation.PLAIN));
	}

	private static List<String> part(List<String> output, String format) {
		return output.subList(output.indexOf(LoggedConversation.BEGIN + format) + 1,
				output.indexOf(LoggedConversation.END + format));
	}

	private static void isPlain(List<String> output) {
		assertThat(message(output, " opened: ")).matches(OPENED);
		assertThat(message(output, " closed: ")).matches(CLOSED);
	}

	private static String message(List<String> output, String part) {
		return output.stream()
			.filter((line) -> line.contains("LifecycleLogger") && line.contains(part))
			.map((line) -> line.substring(line.indexOf(" : ") + 3).strip())
			.findFirst()
			.orElseThrow();
	}

	private static void hasFields(List<String> output, String format, boolean numbers) {
		String prefix = format.equals("gelf") ? "_" : "";
		Map<String, JsonNode> lines = new TreeMap<>();
		output.stream()
			.filter((line) -> line.startsWith("{") && line.contains("LifecycleLogger"))
			.map(JsonMapper.shared()::readTree)
			.forEach((line) -> lines.put(line.path(prefix + "websocket_event").asString(), line));
		assertThat(lines).containsOnlyKeys("opened", "ping", "pong", "closed");
		String message = format.equals("gelf") ? "short_message" : "message";
		assertThat(lines.get("opened").path(message).asString()).matches(OPENED);
		assertThat(lines.get("closed").path(message).asString()).matches(CLOSED);
		lines.forEach((event, line) -> {
			assertThat(line.path(prefix + "websocket").asString()).hasSize(12);
			assertThat(line.path(prefix + "websocket_role").asString()).isEqualTo("server");
			assertThat(line.path(prefix + "websocket_endpoint").asString()).isEqualTo("/ws");
			assertThat(line.has(prefix + "websocket_client")).isFalse();
		});
		JsonNode opened = lines.get("opened");
		assertThat(opened.path(prefix + "websocket_remote_address").asString()).matches("127\\.0\\.0\\.1:\\d+");
		assertThat(opened.path(prefix + "websocket_transport").asString()).isEqualTo("nio");
		JsonNode closed = lines.get("closed");
		assertThat(closed.path(prefix + "websocket_cause").asString()).isEqualTo("peer-closed");
		isNumber(closed.path(prefix + "websocket_code"), numbers, "4711");
		for (String field : List.of("age_millis", "last_received_millis_ago", "bytes_received", "bytes_sent")) {
			isNumber(closed.path(prefix + "websocket_" + field), numbers, "\\d+");
		}
		isNumber(closed.path(prefix + "websocket_rtt_millis"), numbers, "\\d+\\.\\d+");
		isNumber(lines.get("ping").path(prefix + "websocket_sequence"), numbers, "\\d+");
		isNumber(lines.get("pong").path(prefix + "websocket_sequence"), numbers, "\\d+");
		isNumber(lines.get("pong").path(prefix + "websocket_rtt_millis"), numbers, "\\d+\\.\\d+");
	}

	private static void isNumber(JsonNode field, boolean numbers, String pattern) {
		assertThat(field.isNumber()).isEqualTo(numbers);
		assertThat(field.asString()).matches(pattern);
	}

}
