package io.github.websocketkeepalive.test;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Looks for what a test awaits every 20 ms. Most of it takes less than the 100 ms that
 * Awaitility leaves between two looks, and there are thousands of them.
 */
public final class FrequentPolling implements BeforeAllCallback {

	private static final Duration INTERVAL = Duration.ofMillis(20);

	@Override
	public void beforeAll(ExtensionContext context) {
		Awaitility.setDefaultPollInterval(INTERVAL);
		Awaitility.setDefaultPollDelay(Duration.ZERO);
	}

}
