package io.github.websocketkeepalive.autoconfigure.browser;

import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

import io.github.websocketkeepalive.browser.BrowserClientScript;

import static org.assertj.core.api.Assertions.assertThat;

class BrowserClientRuntimeHintsTests {

	@Test
	void takesTheScriptsIntoANativeImage() {
		RuntimeHints hints = new RuntimeHints();
		new BrowserClientRuntimeHints().registerHints(hints, null);
		assertThat(RuntimeHintsPredicates.resource().forResource(BrowserClientScript.LOCATION)).accepts(hints);
		assertThat(RuntimeHintsPredicates.resource().forResource(BrowserClientScript.WORKER_LOCATION)).accepts(hints);
	}

}
