package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.time.Duration;

import org.springframework.boot.logging.LoggingSystemProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.awaitility.Awaitility.await;

/**
 * A connection that is pinged, answers and leaves.
 */
public final class LoggedConversation {

	static final String PLAIN = "plain";

	static final String BEGIN = "begin: ";

	static final String END = "end: ";

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private LoggedConversation() {
	}

	/**
	 * Hold it once in each format, in a process of its own.
	 * @param formats the formats
	 */
	public static void main(String[] formats) throws IOException {
		for (String format : formats) {
			forgetFormat();
			System.out.println(BEGIN + format);
			hold(format);
			System.out.println(END + format);
		}
		System.exit(0);
	}

	static void forgetFormat() {
		System.clearProperty(LoggingSystemProperty.CONSOLE_STRUCTURED_FORMAT.getEnvironmentVariableName());
	}

	static void hold(String format) throws IOException {
		TestServer.Builder builder = TestServer.on(Transport.NIO)
			.workers(1)
			.heartbeat("200ms", "20s")
			.property("logging.level.io.github.websocketkeepalive.logging", "debug");
		if (!format.equals(PLAIN)) {
			builder.property("logging.structured.format.console", format);
		}
		try (TestServer server = builder.start(Application.class);
				RawClient client = RawClient.connect(server.port(), "/ws")) {
			client.answer(client.read(RawClient.PING));
			await().atMost(PATIENCE)
				.until(() -> server.connections().stream().anyMatch((connection) -> connection.getRtt() != null));
			client.sendClose(4711, "bye");
			await().atMost(PATIENCE).until(() -> server.connections().count() == 0);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		@WebSocketMapping("/ws")
		WebSocketHandler handler() {
			return (session) -> session.receive().then();
		}

	}

}
