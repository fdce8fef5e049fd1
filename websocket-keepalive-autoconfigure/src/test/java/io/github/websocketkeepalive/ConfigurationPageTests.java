package io.github.websocketkeepalive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.springframework.boot.json.JsonParserFactory;

import static org.assertj.core.api.Assertions.assertThat;

class ConfigurationPageTests {

	private static final Path PAGE = Path.of("..", "docs", "configuration.md");

	@Test
	void thePageListsEveryPropertyWithItsDefaultAndDescription() throws IOException {
		assertThat(Files.readString(PAGE)).contains(tableOf(properties()));
	}

	@Test
	void everyPropertyHasADescription() throws IOException {
		assertThat(properties()).isNotEmpty()
			.allSatisfy((property) -> assertThat(property.get("description")).as("%s", property.get("name"))
				.asString()
				.endsWith("."));
	}

	private static String tableOf(List<Map<String, Object>> properties) {
		return properties.stream()
			.map((property) -> "| `%s` | %s | %s |\n".formatted(property.get("name"),
					(property.get("defaultValue") != null) ? "`" + property.get("defaultValue") + "`" : "",
					property.get("description")))
			.collect(Collectors.joining("", "| Property | Default | Description |\n|---|---|---|\n", ""));
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> properties() throws IOException {
		Path classes = Path.of("target", "classes");
		try (InputStream json = Files.newInputStream(classes.resolve("META-INF/spring-configuration-metadata.json"))) {
			Map<String, Object> metadata = JsonParserFactory.getJsonParser()
				.parseMap(new String(json.readAllBytes(), StandardCharsets.UTF_8));
			return (List<Map<String, Object>>) metadata.get("properties");
		}
	}

}
