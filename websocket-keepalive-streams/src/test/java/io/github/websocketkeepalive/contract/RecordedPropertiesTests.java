package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The names, types, defaults and deprecations of all properties. Descriptions are left
 * out: their words may change.
 */
class RecordedPropertiesTests {

	private static final String METADATA = "META-INF/spring-configuration-metadata.json";

	@Test
	void propertiesAreAsRecorded() throws IOException {
		List<URL> files = Collections.list(getClass().getClassLoader().getResources(METADATA));
		Recording.of("properties").hasLines(files.stream().flatMap(RecordedPropertiesTests::properties).sorted());
	}

	private static Stream<String> properties(URL file) {
		try (InputStream json = file.openStream()) {
			return JsonMapper.shared()
				.readTree(json)
				.path("properties")
				.valueStream()
				.filter((property) -> isOurs(property.path("name").asString()))
				.map(RecordedPropertiesTests::describe);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static boolean isOurs(String name) {
		return name
			.matches("websocket-keepalive\\..*|management\\.(endpoint\\.websockets|health\\.websocketkeepalive)\\..*");
	}

	/**
	 * Types of our own are told by their simple names: they may move.
	 */
	private static String describe(JsonNode property) {
		String type = property.path("type").asString().replaceAll("io\\.github\\.websocketkeepalive\\.[\\w.]+[.$]", "");
		String value = property.has("defaultValue") ? property.get("defaultValue").toString() : "none";
		String deprecated = property.has("deprecation") ? " | deprecated" : "";
		return property.path("name").asString() + " | " + type + " | default " + value + deprecated;
	}

}
