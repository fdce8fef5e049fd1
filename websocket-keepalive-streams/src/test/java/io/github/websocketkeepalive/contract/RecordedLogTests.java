package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

import io.github.websocketkeepalive.drain.Drain;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The lines of the log on the life of connections, with their levels and fields. What
 * differs from run to run is masked, and so are the names of loggers, which are those of
 * classes. A busy machine may add lines about event loops, which are left out.
 */
@ExtendWith(LeakDetection.class)
class RecordedLogTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final Lines lines = new Lines();

	@Test
	void linesOnAPeerThatCloses() throws IOException {
		try (TestServer server = start(RecordedApplication.server())) {
			try (RawClient client = RawClient.connect(server.port(), "/ws/echo")) {
				client.sendText("hello");
				client.read(RawClient.TEXT);
				client.sendClose(4711, "bye");
				assertThat(client.isClosedByServer()).isTrue();
			}
			areAsRecorded("log-closed", "closed: ");
		}
	}

	@Test
	void linesOnARefusedHandshake() throws IOException {
		try (TestServer server = start(RecordedApplication.server());
				RawClient client = RawClient.connectOnly(server.port(), 0)) {
			client.send(RawClient.handshake("/ws/echo", "Origin: https://example.com"));
			assertThat(client.readResponse()).startsWith("HTTP/1.1 403");
			areAsRecorded("log-refused", "Refused");
		}
	}

	@Test
	void linesOnAPeerThatDoesNotAnswerPings() throws IOException {
		try (TestServer server = start(RecordedApplication.server().heartbeat("100ms", "200ms"))) {
			try (RawClient client = RawClient.connect(server.port(), "/ws/echo")) {
				assertThat(client.isClosedByServer()).isTrue();
			}
			areAsRecorded("log-ping-timeout", "closed: ");
		}
	}

	@Test
	void linesOnADrain() throws IOException {
		TestServer.Builder builder = RecordedApplication.server().drain(Duration.ZERO, Duration.ofMillis(100));
		try (TestServer server = start(builder); RawClient client = RawClient.connect(server.port(), "/ws/echo")) {
			await().atMost(PATIENCE).until(() -> server.connections().count() == 1);
			server.bean(Drain.class).start();
			assertThat(client.isClosedByServer()).isTrue();
			areAsRecorded("log-drain", "Drained", "closed:");
		}
	}

	private TestServer start(TestServer.Builder builder) {
		TestServer server = builder.start(RecordedApplication.class);
		this.lines.setContext(((Logger) LoggerFactory.getLogger("io.github.websocketkeepalive")).getLoggerContext());
		this.lines.start();
		((Logger) LoggerFactory.getLogger("io.github.websocketkeepalive")).addAppender(this.lines);
		return server;
	}

	// Several threads log, so that the order of their lines is not recorded.
	private void areAsRecorded(String name, String... last) {
		await().atMost(PATIENCE)
			.until(() -> Stream.of(last)
				.allMatch((part) -> this.lines.list.stream().anyMatch((line) -> line.contains(part))));
		Recording.of(name).hasLines(this.lines.list.stream().sorted());
	}

	private static final class Lines extends AppenderBase<ILoggingEvent> {

		private final List<String> list = new CopyOnWriteArrayList<>();

		@Override
		protected void append(ILoggingEvent event) {
			if (!event.getLoggerName().contains(".eventloop.")) {
				this.list.add("%s %s fields=%s mdc=%s".formatted(event.getLevel(), masked(event.getFormattedMessage()),
						fields(event), event.getMDCPropertyMap().keySet()));
			}
		}

		private static List<String> fields(ILoggingEvent event) {
			return (event.getKeyValuePairs() != null)
					? event.getKeyValuePairs().stream().map((pair) -> pair.key).toList() : List.of();
		}

		private static String masked(String message) {
			return message.replaceAll("\\[\\w{12}]", "[id]")
				.replaceAll("127\\.0\\.0\\.1:\\d+", "address")
				.replaceAll("\\b\\d+(\\.\\d+)?(ns|µs|ms|s|B)\\b", "#$2");
		}

	}

}
