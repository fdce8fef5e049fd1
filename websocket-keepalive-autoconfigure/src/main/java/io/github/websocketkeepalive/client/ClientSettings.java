package io.github.websocketkeepalive.client;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;

import io.github.websocketkeepalive.client.reconnect.BackoffPolicy;
import io.github.websocketkeepalive.client.reconnect.Disconnect;
import io.github.websocketkeepalive.client.reconnect.ReconnectPolicy;
import io.github.websocketkeepalive.liveness.LivenessPolicy;

/**
 * What a client does without being asked.
 *
 * @param name its name in logs, endpoints and meters
 * @param handshakeTimeout time from the start of an attempt to the call of the handler
 * @param backoff how long it waits before it connects again
 * @param reconnect which ends are final
 * @param maxAttempts how many attempts may fail in a row
 * @param until when to stop although the end was not final
 * @param liveness how often the server is pinged
 * @param random what jitter is drawn from
 */
record ClientSettings(String name, Duration handshakeTimeout, BackoffPolicy backoff, ReconnectPolicy reconnect,
		int maxAttempts, Predicate<Disconnect> until, LivenessPolicy liveness, DoubleSupplier random) {
}
