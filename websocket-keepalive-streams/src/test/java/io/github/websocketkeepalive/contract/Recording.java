package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A text that users depend on, kept in a file beside the tests. What a test finds now
 * must be the same. Run the tests of recordings with {@code -Drecord} to write the files
 * anew, and look at what has changed before you commit them.
 */
final class Recording {

	private static final Path DIRECTORY = Path.of("src", "test", "resources", "io", "github", "websocketkeepalive",
			"contract", "recorded");

	private final Path file;

	private Recording(Path file) {
		this.file = file;
	}

	static Recording of(String name) {
		return new Recording(DIRECTORY.resolve(name + ".txt"));
	}

	/**
	 * Fail with the lines that differ, unless the file has exactly these.
	 */
	void hasLines(Stream<String> found) {
		List<String> lines = found.toList();
		try {
			if (System.getProperty("record") != null) {
				Files.createDirectories(DIRECTORY);
				Files.write(this.file, lines);
			}
			Path current = Files.createDirectories(Path.of("target", "recorded")).resolve(this.file.getFileName());
			assertThat(Files.write(current, lines)).hasSameTextualContentAs(this.file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
