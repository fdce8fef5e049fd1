package io.github.websocketkeepalive.stream.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Takes the script of streams for browsers into a native image.
 */
final class StreamScriptRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources().registerPattern(WebSocketStreamBrowserAutoConfiguration.LOCATION);
	}

}
