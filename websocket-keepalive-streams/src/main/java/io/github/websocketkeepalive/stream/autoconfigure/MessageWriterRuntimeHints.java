package io.github.websocketkeepalive.stream.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Keeps the methods of our handler visible to Netty in a native image: Netty looks them
 * up by reflection to find which events a handler does not care for.
 */
final class MessageWriterRuntimeHints implements RuntimeHintsRegistrar {

	private static final String HANDLER = "io.github.websocketkeepalive.stream.server.MessageWriter";

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.reflection().registerTypeIfPresent(classLoader, HANDLER, MemberCategory.INVOKE_PUBLIC_METHODS);
	}

}
