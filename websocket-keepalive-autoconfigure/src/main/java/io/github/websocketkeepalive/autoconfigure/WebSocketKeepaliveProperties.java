package io.github.websocketkeepalive.autoconfigure;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.logging.LogLevel;
import org.springframework.util.StringUtils;

import io.github.websocketkeepalive.liveness.PingMode;

/**
 * Properties of WebSocket keepalive.
 *
 * @param enabled Whether anything of WebSocket keepalive is active.
 * @param heartbeat Pings and the verdicts on peers that do not answer.
 * @param echo An echo handler for smoke tests from outside.
 * @param eventLoop How event loops are swept.
 * @param logging What connections write to the log.
 */
@ConfigurationProperties(prefix = "websocket-keepalive", ignoreUnknownFields = false)
public record WebSocketKeepaliveProperties(@DefaultValue("true") boolean enabled, @DefaultValue Heartbeat heartbeat,
		@DefaultValue Echo echo, @DefaultValue EventLoop eventLoop, @DefaultValue Logging logging) {

	/**
	 * Properties of the heartbeat.
	 *
	 * @param enabled Whether peers are pinged.
	 * @param mode When a peer is pinged.
	 * @param interval Time from one ping to the next.
	 * @param timeout Time that a peer may stay silent after a ping.
	 * @param closeTimeout Time that a closing connection may go without progress before
	 * it is reset.
	 * @param heldLimit Time for which a verdict on a silent peer may be put off while
	 * there is no proof of its death.
	 * @param proxyIdleTimeout Time after which the proxy in front cuts an idle
	 * connection, used only to warn when the interval is too long for it.
	 * @param endpoints Map of path patterns to settings that replace the general ones.
	 */
	public record Heartbeat(@DefaultValue("true") boolean enabled, @DefaultValue("always") Mode mode,
			@DefaultValue("20s") Duration interval, @DefaultValue("20s") Duration timeout,
			@DefaultValue("5s") Duration closeTimeout, @DefaultValue("5m") Duration heldLimit,
			@Nullable Duration proxyIdleTimeout, @DefaultValue Map<String, Endpoint> endpoints) {

		private static final Duration LONGEST_CLOSE_TIMEOUT = Duration.ofSeconds(5);

		public Heartbeat {
			PropertyCheck.duration("heartbeat.interval", interval);
			PropertyCheck.duration("heartbeat.timeout", timeout);
			PropertyCheck.duration("heartbeat.close-timeout", closeTimeout);
			PropertyCheck.atMost("heartbeat.close-timeout", closeTimeout, LONGEST_CLOSE_TIMEOUT);
			PropertyCheck.duration("heartbeat.held-limit", heldLimit);
			PropertyCheck.duration("heartbeat.proxy-idle-timeout", proxyIdleTimeout);
			endpoints.forEach((pattern, endpoint) -> {
				String key = "heartbeat.endpoints[" + pattern + "]";
				PropertyCheck.absolutePath(key, pattern);
				PropertyCheck.duration(key + ".interval", endpoint.interval());
				PropertyCheck.duration(key + ".timeout", endpoint.timeout());
			});
		}

	}

	/**
	 * Properties of the heartbeat for the paths that match a pattern.
	 *
	 * @param enabled Whether peers are pinged.
	 * @param mode When a peer is pinged.
	 * @param interval Time from one ping to the next.
	 * @param timeout Time that a peer may stay silent after a ping.
	 */
	public record Endpoint(@Nullable Boolean enabled, @Nullable Mode mode, @Nullable Duration interval,
			@Nullable Duration timeout) {
	}

	/**
	 * Properties of the echo handler.
	 *
	 * @param path Path of the echo handler, which exists only if this is set.
	 */
	public record Echo(@Nullable String path) {

		public Echo {
			path = StringUtils.hasText(path) ? path : null;
			PropertyCheck.absolutePath("echo.path", path);
		}

	}

	/**
	 * Properties of the sweep of event loops.
	 *
	 * @param sweep Longest time from one sweep of an event loop to the next, shortened to
	 * a quarter of the shortest interval or timeout in use.
	 */
	public record EventLoop(@DefaultValue("500ms") Duration sweep) {

		public EventLoop {
			PropertyCheck.duration("event-loop.sweep", sweep);
		}

	}

	/**
	 * Properties of what connections write to the log.
	 *
	 * @param lifecycleLevel Log level of the lines that tell when a connection opened and
	 * why it closed.
	 */
	public record Logging(@DefaultValue("info") LogLevel lifecycleLevel) {
	}

	/**
	 * When a peer is pinged.
	 */
	public enum Mode {

		/**
		 * Every interval.
		 */
		ALWAYS(PingMode.ALWAYS),

		/**
		 * Only after an interval in which nothing was received.
		 */
		WHEN_IDLE(PingMode.WHEN_IDLE);

		private final PingMode pingMode;

		Mode(PingMode pingMode) {
			this.pingMode = pingMode;
		}

		PingMode pingMode() {
			return this.pingMode;
		}

	}

}
