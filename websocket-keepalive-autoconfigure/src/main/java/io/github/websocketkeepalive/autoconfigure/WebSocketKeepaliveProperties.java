package io.github.websocketkeepalive.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.boot.logging.LogLevel;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.admission.AdmissionLimits;
import io.github.websocketkeepalive.browser.TextPing;
import io.github.websocketkeepalive.drain.DrainPolicy;
import io.github.websocketkeepalive.eventloop.StallPolicy;
import io.github.websocketkeepalive.guard.GuardPolicy;
import io.github.websocketkeepalive.liveness.PingMode;
import io.github.websocketkeepalive.transport.TcpOptions;

/**
 * Properties of WebSocket keepalive. A duration without a unit is in seconds, a size in
 * bytes.
 *
 * @param enabled Whether to watch, limit, drain and show connections. Handlers, clients
 * and streams of the application work either way.
 * @param heartbeat Pings and the verdicts on peers that do not answer.
 * @param echo An echo handler for smoke tests from outside.
 * @param tcp Options of every TCP connection of the server.
 * @param eventLoop How event loops are swept and watched.
 * @param probe What is made of connections that ask for nothing.
 * @param logging What connections write to the log.
 * @param admission Who may connect.
 * @param drain How open WebSockets are closed before the application shuts down.
 * @param browserClient Script that gives browsers a WebSocket which comes back.
 * @param guard What an open connection may do.
 * @param http2 WebSockets over HTTP/2.
 * @param client WebSockets that the application opens.
 */
@Internal
@ConfigurationProperties(prefix = "websocket-keepalive", ignoreUnknownFields = false)
public record WebSocketKeepaliveProperties(@DefaultValue("true") boolean enabled, @DefaultValue Heartbeat heartbeat,
		@DefaultValue Echo echo, @DefaultValue Tcp tcp, @DefaultValue EventLoop eventLoop, @DefaultValue Probe probe,
		@DefaultValue Logging logging, @DefaultValue Admission admission, @DefaultValue Drain drain,
		@DefaultValue BrowserClient browserClient, @DefaultValue Guard guard, @DefaultValue Http2 http2,
		@DefaultValue Client client) {

	public WebSocketKeepaliveProperties {
		if (!heartbeat.allowShort()) {
			PropertyCheck.notShort("heartbeat.interval", heartbeat.interval());
			PropertyCheck.notShort("heartbeat.timeout", heartbeat.timeout());
			PropertyCheck.notShort("heartbeat.close-timeout", heartbeat.closeTimeout());
			PropertyCheck.notShort("heartbeat.proxy-idle-timeout", heartbeat.proxyIdleTimeout());
			heartbeat.endpoints().forEach((pattern, endpoint) -> {
				PropertyCheck.notShort("heartbeat.endpoints[" + pattern + "].interval", endpoint.interval());
				PropertyCheck.notShort("heartbeat.endpoints[" + pattern + "].timeout", endpoint.timeout());
			});
			PropertyCheck.notShort("client.heartbeat.interval", client.heartbeat().interval());
			PropertyCheck.notShort("client.heartbeat.timeout", client.heartbeat().timeout());
			PropertyCheck.notShort("client.handshake-timeout", client.handshakeTimeout());
			PropertyCheck.notShort("admission.handshake-timeout", admission.handshakeTimeout());
			PropertyCheck.notShort("guard.slow-consumer-timeout", guard.slowConsumerTimeout());
			PropertyCheck.notShort("probe.summary-interval", probe.summaryInterval());
			PropertyCheck.notShort("tcp.user-timeout", tcp.userTimeout());
		}
	}

	/**
	 * Properties of the heartbeat.
	 *
	 * @param enabled Whether to ping peers.
	 * @param mode When to ping a peer.
	 * @param interval Time between two pings.
	 * @param timeout Time after which a peer that is silent since a ping is considered
	 * dead.
	 * @param closeTimeout Time without progress after which a closing connection is
	 * reset.
	 * @param lookAhead Maximum amount of input to hold for a connection whose application
	 * does not read, so that pongs and Close frames are still seen.
	 * @param heldLimit Maximum time for which a verdict on a silent peer is put off while
	 * there is no proof that it is dead.
	 * @param proxyIdleTimeout Time after which the proxy in front closes an idle
	 * connection. Only used to warn of an interval that is too long for it.
	 * @param textPing Text message to answer in place of the application, for browsers,
	 * which cannot see pings.
	 * @param textPong Text message that answers the text ping.
	 * @param endpoints Map of path patterns to settings that replace the general ones.
	 * @param allowShort Whether to accept intervals and timeouts below a second, which
	 * tests need.
	 */
	public record Heartbeat(@DefaultValue("true") boolean enabled, @DefaultValue("always") Mode mode,
			@DefaultValue("20s") @DurationUnit(ChronoUnit.SECONDS) Duration interval,
			@DefaultValue("20s") @DurationUnit(ChronoUnit.SECONDS) Duration timeout,
			@DefaultValue("5s") @DurationUnit(ChronoUnit.SECONDS) Duration closeTimeout,
			@DefaultValue("64KB") DataSize lookAhead,
			@DefaultValue("5m") @DurationUnit(ChronoUnit.SECONDS) Duration heldLimit,
			@DurationUnit(ChronoUnit.SECONDS) @Nullable Duration proxyIdleTimeout, @Nullable String textPing,
			@Nullable String textPong, @DefaultValue Map<String, Endpoint> endpoints,
			@DefaultValue("false") boolean allowShort) {

		private static final Duration LONGEST_CLOSE_TIMEOUT = Duration.ofSeconds(5);

		private static final DataSize MAX_LOOK_AHEAD = DataSize.ofMegabytes(64);

		public Heartbeat {
			PropertyCheck.heartbeat("heartbeat.interval", interval);
			PropertyCheck.heartbeat("heartbeat.timeout", timeout);
			PropertyCheck.duration("heartbeat.close-timeout", closeTimeout);
			PropertyCheck.atMost("heartbeat.close-timeout", closeTimeout, LONGEST_CLOSE_TIMEOUT);
			PropertyCheck.sizeOrZero("heartbeat.look-ahead", lookAhead, MAX_LOOK_AHEAD);
			PropertyCheck.duration("heartbeat.held-limit", heldLimit);
			PropertyCheck.duration("heartbeat.proxy-idle-timeout", proxyIdleTimeout);
			textPing = StringUtils.hasLength(textPing) ? textPing : null;
			textPong = StringUtils.hasLength(textPong) ? textPong : null;
			PropertyCheck.together("heartbeat.text-ping", textPing, "heartbeat.text-pong", textPong);
			endpoints.forEach((pattern, endpoint) -> {
				String key = "heartbeat.endpoints[" + pattern + "]";
				PropertyCheck.pathPattern(key, pattern);
				PropertyCheck.heartbeat(key + ".interval", endpoint.interval());
				PropertyCheck.heartbeat(key + ".timeout", endpoint.timeout());
			});
		}

		@Nullable TextPing toTextPing() {
			return (this.textPing != null && this.textPong != null) ? new TextPing(this.textPing, this.textPong) : null;
		}

	}

	/**
	 * Properties of the heartbeat for the paths that match a pattern.
	 *
	 * @param enabled Whether to ping peers.
	 * @param mode When to ping a peer.
	 * @param interval Time between two pings.
	 * @param timeout Time after which a peer that is silent since a ping is considered
	 * dead.
	 */
	public record Endpoint(@Nullable Boolean enabled, @Nullable Mode mode,
			@DurationUnit(ChronoUnit.SECONDS) @Nullable Duration interval,
			@DurationUnit(ChronoUnit.SECONDS) @Nullable Duration timeout) {
	}

	/**
	 * Properties of the echo handler.
	 *
	 * @param path Path of the echo handler. Without a path there is no such handler.
	 */
	public record Echo(@Nullable String path) {

		public Echo {
			path = StringUtils.hasText(path) ? path : null;
			PropertyCheck.absolutePath("echo.path", path);
		}

	}

	/**
	 * Properties of TCP connections.
	 *
	 * @param keepAlive Whether to have the kernel probe idle connections.
	 * @param idle Idle time after which the kernel starts to probe a connection.
	 * @param interval Time between two probes of the kernel.
	 * @param count Number of unanswered probes after which the kernel ends a connection.
	 * @param userTimeout Time after which the kernel ends a connection whose written data
	 * is not acknowledged. This also ends peers that are alive but do not read.
	 */
	public record Tcp(@DefaultValue("true") boolean keepAlive,
			@DefaultValue("60s") @DurationUnit(ChronoUnit.SECONDS) Duration idle,
			@DefaultValue("15s") @DurationUnit(ChronoUnit.SECONDS) Duration interval, @DefaultValue("4") int count,
			@DurationUnit(ChronoUnit.SECONDS) @Nullable Duration userTimeout) {

		private static final Duration LONGEST_USER_TIMEOUT = Duration.ofDays(1);

		public Tcp {
			PropertyCheck.wholeSeconds("tcp.idle", idle);
			PropertyCheck.wholeSeconds("tcp.interval", interval);
			PropertyCheck.positive("tcp.count", count);
			if (userTimeout != null) {
				PropertyCheck.duration("tcp.user-timeout", userTimeout);
				PropertyCheck.atMost("tcp.user-timeout", userTimeout, LONGEST_USER_TIMEOUT);
			}
		}

		TcpOptions toTcpOptions() {
			return new TcpOptions(this.keepAlive, this.idle, this.interval, this.count, this.userTimeout);
		}

	}

	/**
	 * Properties of the sweep and the watchdog of event loops.
	 *
	 * @param enabled Whether to detect and report blocked event loops.
	 * @param sweep Maximum time between two sweeps of an event loop. It is shortened to a
	 * quarter of the shortest interval or timeout in use.
	 * @param warnAfter Time without an answer of an event loop after which it counts as
	 * stalled.
	 * @param stackAfter Time without an answer of an event loop after which its stack is
	 * logged.
	 * @param downAfter Time without an answer of an event loop after which the health is
	 * down.
	 */
	public record EventLoop(@DefaultValue("true") boolean enabled,
			@DefaultValue("500ms") @DurationUnit(ChronoUnit.SECONDS) Duration sweep,
			@DefaultValue("500ms") @DurationUnit(ChronoUnit.SECONDS) Duration warnAfter,
			@DefaultValue("1s") @DurationUnit(ChronoUnit.SECONDS) Duration stackAfter,
			@DefaultValue("5s") @DurationUnit(ChronoUnit.SECONDS) Duration downAfter) {

		public EventLoop {
			PropertyCheck.duration("event-loop.sweep", sweep);
			PropertyCheck.duration("event-loop.warn-after", warnAfter);
			PropertyCheck.atLeast("event-loop.stack-after", stackAfter, "event-loop.warn-after", warnAfter);
			PropertyCheck.atLeast("event-loop.down-after", downAfter, "event-loop.warn-after", warnAfter);
		}

		StallPolicy toStallPolicy() {
			return new StallPolicy(this.warnAfter, this.stackAfter, this.downAfter);
		}

	}

	/**
	 * Properties of connections that ask for nothing, such as the probes of load
	 * balancers.
	 *
	 * @param enabled Whether to count connections that ask for nothing, and to keep them
	 * out of the log.
	 * @param logLevel Log level of what Netty and Reactor Netty log about connections
	 * that ask for nothing and about peers that are gone.
	 * @param summaryInterval Time between two log lines that sum up the connections that
	 * ask for nothing.
	 */
	public record Probe(@DefaultValue("true") boolean enabled, @DefaultValue("debug") LogLevel logLevel,
			@DefaultValue("1m") @DurationUnit(ChronoUnit.SECONDS) Duration summaryInterval) {

		public Probe {
			PropertyCheck.duration("probe.summary-interval", summaryInterval);
		}

	}

	/**
	 * Properties of what connections write to the log.
	 *
	 * @param lifecycleLevel Log level of the lines about opened and closed connections.
	 * @param mdc Which log lines carry the id of their connection in the MDC.
	 * @param mdcKey Key of the connection id in the MDC.
	 */
	public record Logging(@DefaultValue("info") LogLevel lifecycleLevel, @DefaultValue("auto") Mdc mdc,
			@DefaultValue("websocket") String mdcKey) {

		public Logging {
			PropertyCheck.text("logging.mdc-key", mdcKey);
		}

	}

	/**
	 * Which log lines carry the id of their connection in MDC.
	 */
	public enum Mdc {

		/**
		 * Those that are written on the event loop of the connection, and all lines of
		 * its handler where Reactor's automatic context propagation is on.
		 */
		AUTO,

		/**
		 * Those that are written on the event loop of the connection.
		 */
		NETTY,

		/**
		 * None.
		 */
		OFF

	}

	/**
	 * Properties of the drain before a shutdown.
	 *
	 * @param enabled Whether to close open WebSockets one after another before the
	 * application shuts down.
	 * @param grace Time to wait before the first WebSocket closes, so that load balancers
	 * notice.
	 * @param window Time over which the closes of WebSockets are spread.
	 * @param closeCode Close code that tells clients to reconnect.
	 */
	public record Drain(@DefaultValue("true") boolean enabled,
			@DefaultValue("5s") @DurationUnit(ChronoUnit.SECONDS) Duration grace,
			@DefaultValue("15s") @DurationUnit(ChronoUnit.SECONDS) Duration window,
			@DefaultValue("1012") int closeCode) {

		public Drain {
			PropertyCheck.notNegative("drain.grace", grace);
			PropertyCheck.notNegative("drain.window", window);
			PropertyCheck.goingAwayCode("drain.close-code", closeCode);
		}

		/**
		 * Return what the drain goes by.
		 * @return the policy
		 */
		public DrainPolicy toDrainPolicy() {
			return new DrainPolicy(this.grace, this.window, this.closeCode);
		}

	}

	/**
	 * Properties of the script for browsers.
	 *
	 * @param enabled Whether to serve the script for browsers.
	 * @param path Path of the script for browsers. The script of the shared worker is
	 * served beside it.
	 */
	public record BrowserClient(@DefaultValue("false") boolean enabled,
			@DefaultValue("/websocket-keepalive.js") String path) {

		public BrowserClient {
			PropertyCheck.absolutePath("browser-client.path", path);
		}

	}

	/**
	 * Properties of the limits on an open connection.
	 *
	 * @param maxPendingOutput Amount of waiting output above which a peer counts as a
	 * slow consumer.
	 * @param slowConsumerTimeout Time after which a slow consumer is closed if its
	 * waiting output does not become less.
	 * @param slowConsumerCloseCode Close code for slow consumers.
	 * @param controlFramesPerSecond Maximum number of pings and unsolicited pongs that a
	 * peer may send per second.
	 * @param controlFrameBurst Maximum number of pings and unsolicited pongs that a peer
	 * may send at once.
	 * @param maxConnectionAge Age at which a connection is closed, so that its client
	 * reconnects, possibly to another instance.
	 * @param maxConnectionAgeJitter Maximum percentage by which the maximum age is
	 * shortened or lengthened for each connection.
	 * @param maxConnectionAgeCloseCode Close code for connections that have reached their
	 * maximum age.
	 * @param maxInflatedMessage Maximum size of a compressed message after decompression.
	 * @param strict Whether to refuse handshakes and to close connections that violate
	 * RFC 6455, for example by invalid UTF-8 or reserved bits, rather than to pass the
	 * violation to the application.
	 */
	public record Guard(@DefaultValue("1MB") DataSize maxPendingOutput,
			@DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS) Duration slowConsumerTimeout,
			@DefaultValue("1013") int slowConsumerCloseCode, @DefaultValue("100") int controlFramesPerSecond,
			@DefaultValue("200") int controlFrameBurst,
			@DurationUnit(ChronoUnit.SECONDS) @Nullable Duration maxConnectionAge,
			@DefaultValue("10%") String maxConnectionAgeJitter, @DefaultValue("1012") int maxConnectionAgeCloseCode,
			@DefaultValue("1MB") DataSize maxInflatedMessage, @DefaultValue("true") boolean strict) {

		private static final DataSize MAX_BYTES = DataSize.ofMegabytes(1024);

		public Guard {
			PropertyCheck.size("guard.max-pending-output", maxPendingOutput, MAX_BYTES);
			PropertyCheck.duration("guard.slow-consumer-timeout", slowConsumerTimeout);
			PropertyCheck.goingAwayCode("guard.slow-consumer-close-code", slowConsumerCloseCode);
			PropertyCheck.positive("guard.control-frames-per-second", controlFramesPerSecond);
			PropertyCheck.positive("guard.control-frame-burst", controlFrameBurst);
			PropertyCheck.duration("guard.max-connection-age", maxConnectionAge);
			PropertyCheck.percentage("guard.max-connection-age-jitter", maxConnectionAgeJitter);
			PropertyCheck.goingAwayCode("guard.max-connection-age-close-code", maxConnectionAgeCloseCode);
			PropertyCheck.size("guard.max-inflated-message", maxInflatedMessage, MAX_BYTES);
		}

		GuardPolicy toGuardPolicy() {
			return GuardPolicy
				.of(this.maxPendingOutput.toBytes(), this.slowConsumerTimeout, this.controlFramesPerSecond,
						this.controlFrameBurst, this.maxConnectionAge,
						PropertyCheck.percentage("guard.max-connection-age-jitter", this.maxConnectionAgeJitter),
						Math.toIntExact(this.maxInflatedMessage.toBytes()), this.strict)
				.withCloseCodes(this.slowConsumerCloseCode, this.maxConnectionAgeCloseCode);
		}

	}

	/**
	 * Properties of WebSockets over HTTP/2.
	 *
	 * @param connectProtocol Whether to offer WebSockets over HTTP/2 (RFC 8441) where
	 * HTTP/2 is enabled and the application has not decided it.
	 */
	public record Http2(@DefaultValue("auto") ConnectProtocol connectProtocol) {
	}

	/**
	 * Whether clients are offered WebSockets over HTTP/2.
	 */
	public enum ConnectProtocol {

		/**
		 * Unless a part of the application is known to refuse the method CONNECT.
		 */
		AUTO,

		/**
		 * Always.
		 */
		ON,

		/**
		 * Never.
		 */
		OFF

	}

	/**
	 * Properties of WebSockets that the application opens.
	 *
	 * @param only Whether the application is only a client, so that its server is left
	 * alone.
	 * @param handshakeTimeout Maximum time from the start of a connection to the call of
	 * its handler.
	 * @param backoff How long a client waits before it connects again.
	 * @param heartbeat Settings of the heartbeat that replace the general ones.
	 */
	public record Client(@DefaultValue("false") boolean only,
			@DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS) Duration handshakeTimeout,
			@DefaultValue Backoff backoff, @DefaultValue ClientHeartbeat heartbeat) {

		public Client {
			PropertyCheck.duration("client.handshake-timeout", handshakeTimeout);
		}

	}

	/**
	 * Properties of the backoff of clients.
	 *
	 * @param min Upper bound of the first reconnect delay. It doubles with each failure.
	 * @param max Upper bound of every reconnect delay.
	 * @param resetAfter Time after which a connection has lived long enough for its
	 * client to start again with the first delay.
	 */
	public record Backoff(@DefaultValue("500ms") @DurationUnit(ChronoUnit.SECONDS) Duration min,
			@DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration max,
			@DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration resetAfter) {

		public Backoff {
			PropertyCheck.duration("client.backoff.min", min);
			PropertyCheck.duration("client.backoff.max", max);
			PropertyCheck.atLeast("client.backoff.max", max, "client.backoff.min", min);
			PropertyCheck.duration("client.backoff.reset-after", resetAfter);
		}

	}

	/**
	 * Properties of the heartbeat of clients.
	 *
	 * @param enabled Whether to ping servers.
	 * @param mode When to ping a server.
	 * @param interval Time between two pings.
	 * @param timeout Time after which a server that is silent since a ping is considered
	 * dead.
	 */
	public record ClientHeartbeat(@Nullable Boolean enabled, @Nullable Mode mode,
			@DurationUnit(ChronoUnit.SECONDS) @Nullable Duration interval,
			@DurationUnit(ChronoUnit.SECONDS) @Nullable Duration timeout) {

		public ClientHeartbeat {
			PropertyCheck.heartbeat("client.heartbeat.interval", interval);
			PropertyCheck.heartbeat("client.heartbeat.timeout", timeout);
		}

		Endpoint toEndpoint() {
			return new Endpoint(this.enabled, this.mode, this.interval, this.timeout);
		}

	}

	/**
	 * Properties of who may connect.
	 *
	 * @param maxConnections Maximum number of open WebSockets.
	 * @param maxConnectionsPerAddress Maximum number of open WebSockets per client
	 * address.
	 * @param handshakesPerSecond Maximum number of opening handshakes to accept per
	 * second.
	 * @param handshakeBurst Maximum number of opening handshakes to accept at once after
	 * a pause. A tenth of the handshakes per second if not set.
	 * @param handshakeTimeout Time after which a connection is closed if the headers of
	 * its first request are not complete. Zero means no limit.
	 * @param retryAfter Average time after which refused clients are asked to come back.
	 * @param allowedOrigins Origins, and patterns of origins, from which browsers may
	 * connect in addition to the server's own. All origins if empty.
	 * @param allowedHosts Hosts, and patterns of hosts, that clients may address. All
	 * hosts if empty.
	 * @param trustedProxies Number of proxies in front that append the address they see
	 * to a forwarded header. It decides which of the addresses is that of the client.
	 * @param maxOpenFilesRatio Ratio of open files to the limit of the process above
	 * which WebSockets are refused.
	 */
	public record Admission(@Nullable Integer maxConnections, @Nullable Integer maxConnectionsPerAddress,
			@Nullable Integer handshakesPerSecond, @Nullable Integer handshakeBurst,
			@DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration handshakeTimeout,
			@DefaultValue("5s") @DurationUnit(ChronoUnit.SECONDS) Duration retryAfter,
			@DefaultValue List<String> allowedOrigins, @DefaultValue List<String> allowedHosts,
			@Nullable Integer trustedProxies, @DefaultValue("0.95") double maxOpenFilesRatio) {

		private static final int MAX_PROXIES = 100;

		public Admission {
			PropertyCheck.positive("admission.max-connections", maxConnections);
			PropertyCheck.positive("admission.max-connections-per-address", maxConnectionsPerAddress);
			PropertyCheck.positive("admission.handshakes-per-second", handshakesPerSecond);
			PropertyCheck.positive("admission.handshake-burst", handshakeBurst);
			PropertyCheck.needs("admission.handshake-burst", handshakeBurst, "admission.handshakes-per-second",
					handshakesPerSecond);
			PropertyCheck.durationOrZero("admission.handshake-timeout", handshakeTimeout);
			PropertyCheck.duration("admission.retry-after", retryAfter);
			PropertyCheck.each("admission.allowed-origins", allowedOrigins, PropertyCheck::origin);
			PropertyCheck.each("admission.allowed-hosts", allowedHosts, PropertyCheck::host);
			PropertyCheck.between("admission.trusted-proxies", trustedProxies, MAX_PROXIES);
			PropertyCheck.share("admission.max-open-files-ratio", maxOpenFilesRatio);
		}

		/**
		 * Return the limits on opening handshakes.
		 * @return the limits
		 */
		public AdmissionLimits toAdmissionLimits() {
			return new AdmissionLimits(this.maxConnections, this.maxConnectionsPerAddress, this.handshakesPerSecond,
					this.handshakeBurst, this.retryAfter, this.allowedOrigins, this.allowedHosts,
					this.maxOpenFilesRatio);
		}

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
