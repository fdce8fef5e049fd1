package io.github.websocketkeepalive.stream.codec;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.OverridingClassLoader;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StreamCodecs}.
 */
class StreamCodecsTests {

	private final StreamCodecs codecs = new StreamCodecs(JsonMapper.shared());

	@Test
	void aCodecIsFoundByItsSubprotocol() {
		assertThat(this.codecs.subprotocols()).isNotEmpty()
			.allSatisfy(
					(subprotocol) -> assertThat(this.codecs.find(subprotocol).subprotocol()).isEqualTo(subprotocol));
	}

	@Test
	void onlyJsonIsText() {
		assertThat(this.codecs.subprotocols()).filteredOn((subprotocol) -> !this.codecs.find(subprotocol).binary())
			.containsExactly("resumable.v1.json");
	}

	@ParameterizedTest
	@CsvSource({ "org.msgpack., resumable.v1.msgpack", "tools.jackson.dataformat.cbor., resumable.v1.cbor" })
	void aCodecWhoseLibraryIsNotOnTheClassPathIsNotOffered(String library, String subprotocol)
			throws ReflectiveOperationException {
		Class<?> type = Class.forName(StreamCodecs.class.getName(), true, new WithoutLibrary(library));
		Object codecs = type.getConstructor(JsonMapper.class).newInstance(JsonMapper.shared());
		List<String> others = new ArrayList<>(this.codecs.subprotocols());
		assertThat(others.remove(subprotocol)).isTrue();
		assertThat(type.getMethod("subprotocols").invoke(codecs)).isEqualTo(others);
		Object found = type.getMethod("find", String.class).invoke(codecs, subprotocol);
		assertThat(found).hasFieldOrPropertyWithValue("subprotocol", "resumable.v1.json");
	}

	@Test
	void withoutASubprotocolItIsJson() {
		assertThat(this.codecs.find(null).subprotocol()).isEqualTo("resumable.v1.json");
		assertThat(this.codecs.find("graphql").subprotocol()).isEqualTo("resumable.v1.json");
	}

	/**
	 * Loads the codecs anew, and does not find one library.
	 */
	private static final class WithoutLibrary extends OverridingClassLoader {

		private final String library;

		WithoutLibrary(String library) {
			super(StreamCodecs.class.getClassLoader());
			this.library = library;
		}

		@Override
		protected boolean isEligibleForOverriding(String className) {
			return className.startsWith(StreamCodecs.class.getPackageName() + ".");
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (name.startsWith(this.library)) {
				throw new ClassNotFoundException(name);
			}
			return super.loadClass(name, resolve);
		}

	}

}
