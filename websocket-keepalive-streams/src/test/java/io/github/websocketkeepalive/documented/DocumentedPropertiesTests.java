package io.github.websocketkeepalive.documented;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Starts an application with each piece of configuration of the documentation, from the
 * pages' own text. Keys that do not exist and values that are wrong fail the start.
 */
class DocumentedPropertiesTests {

	@ParameterizedTest
	@MethodSource("snippets")
	void anApplicationStartsWithWhatIsDocumented(Snippet snippet) throws IOException {
		TestServer.Builder builder = TestServer.on(Transport.NIO);
		List<PropertySource<?>> sources = new YamlPropertySourceLoader().load(snippet.page(),
				new ByteArrayResource(snippet.text().getBytes(StandardCharsets.UTF_8)));
		for (PropertySource<?> source : sources) {
			for (String key : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
				builder.property(key, source.getProperty(key));
			}
		}
		try (TestServer server = builder.start()) {
			assertThat(server.context().isRunning()).isTrue();
		}
	}

	static List<Snippet> snippets() throws IOException {
		List<Snippet> ours = Snippet.all("yaml")
			.stream()
			.filter((snippet) -> snippet.text().matches("(?s)(websocket-keepalive|management|logging).*"))
			.toList();
		assertThat(ours).hasSizeGreaterThanOrEqualTo(10);
		return ours;
	}

}
