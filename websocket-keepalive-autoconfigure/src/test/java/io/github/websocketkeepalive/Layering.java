package io.github.websocketkeepalive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The layering of the packages, as {@code docs/architecture.md} draws it.
 */
final class Layering {

	static final Path PAGE = Path.of("..", "docs", "architecture.md");

	private Layering() {
	}

	/**
	 * Read the layering, and check that each line names only packages above it.
	 * @return the packages that each package uses
	 */
	static Map<String, Set<String>> read() throws IOException {
		String section = Files.readString(PAGE).split("\n## Layering\n", 2)[1];
		String block = section.split("```text\n", 2)[1].split("```", 2)[0];
		Map<String, Set<String>> layering = new TreeMap<>();
		for (String line : block.strip().split("\n")) {
			String[] parts = line.split("->", 2);
			Set<String> uses = (parts.length < 2) ? new TreeSet<>()
					: new TreeSet<>(List.of(parts[1].strip().split(" +")));
			assertThat(layering.keySet()).as(line).containsAll(uses);
			assertThat(layering.put(parts[0].strip(), uses)).as(line).isNull();
		}
		return layering;
	}

}
