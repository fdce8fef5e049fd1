package io.github.websocketkeepalive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.json.JsonParserFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What tools and the reference pages tell about our properties. That the nested records
 * and enums, which are not in the metadata, are described too is for Checkstyle.
 */
class ConfigurationMetadataTests {

	private static final Path METADATA = Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json");

	private static final Path ADDITIONAL_METADATA = Path.of("src", "main", "resources", "META-INF",
			"additional-spring-configuration-metadata.json");

	@ParameterizedTest
	@ValueSource(strings = { "groups", "properties" })
	void everythingIsDescribedByASentenceThatStartsWithoutAnArticle(String section) throws IOException {
		assertThat(read(METADATA, section)).isNotEmpty()
			.allSatisfy((item) -> assertThat((String) item.get("description")).as("%s", item.get("name"))
				.isNotBlank()
				.matches("[A-Z].*\\.")
				.doesNotMatch("(The|A|An) .*"));
	}

	@Test
	void everyPropertyHasOurPrefixOrOneOfActuator() throws IOException {
		assertThat(read(METADATA, "properties")).extracting((item) -> (String) item.get("name"))
			.contains(examples())
			.allMatch((name) -> name.matches(
					"websocket-keepalive\\..*|management\\.(endpoint\\.websockets|health\\.websocketkeepalive)\\..*"));
	}

	/**
	 * Return properties that are among those of this module.
	 */
	String[] examples() {
		return new String[] { "websocket-keepalive.enabled", "websocket-keepalive.heartbeat.interval",
				"management.endpoint.websockets.access", "management.health.websocketkeepalive.enabled" };
	}

	@Test
	void everyGroupDescribedByHandExists() throws IOException {
		assertThat(read(ADDITIONAL_METADATA, "groups")).isNotEmpty()
			.allSatisfy((added) -> assertThat(read(METADATA, "groups")).filteredOn("name", added.get("name"))
				.singleElement()
				.satisfies((item) -> assertThat(item).containsKey("type")));
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> read(Path file, String section) throws IOException {
		return (List<Map<String, Object>>) JsonParserFactory.getJsonParser()
			.parseMap(Files.readString(file))
			.get(section);
	}

}
