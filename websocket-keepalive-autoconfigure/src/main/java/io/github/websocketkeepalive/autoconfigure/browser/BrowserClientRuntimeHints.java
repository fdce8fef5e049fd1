package io.github.websocketkeepalive.autoconfigure.browser;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

import io.github.websocketkeepalive.browser.BrowserClientScript;

/**
 * Takes the script into a native image.
 */
final class BrowserClientRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources().registerPattern(BrowserClientScript.LOCATION);
		hints.resources().registerPattern(BrowserClientScript.WORKER_LOCATION);
	}

}
