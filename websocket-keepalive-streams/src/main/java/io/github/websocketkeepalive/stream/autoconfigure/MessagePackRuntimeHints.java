package io.github.websocketkeepalive.stream.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Keeps the buffers of {@code msgpack-core} in a native image: it chooses one of them by
 * name and calls its constructor by reflection.
 */
final class MessagePackRuntimeHints implements RuntimeHintsRegistrar {

	private static final String BUFFER = "org.msgpack.core.buffer.MessageBuffer";

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		for (String suffix : new String[] { "", "U", "BE" }) {
			hints.reflection()
				.registerTypeIfPresent(classLoader, BUFFER + suffix, MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
		}
	}

}
