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
 * @param enabled Whether connections are watched, limited, drained and shown. Handlers,
 * clients and streams of the application work either way.
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
	 * @param enabled Whether peers are pinged.
	 * @param mode When a peer is pinged.
	 * @param interval Time from one ping to the next.
	 * @param timeout Time that a peer may stay silent after a ping.
	 * @param closeTimeout Time that a closing connection may go without progress before
	 * it is reset.
	 * @param lookAhead Memory for what a connection receives while the application does
	 * not read, so that pongs and Close frames are still seen.
	 * @param heldLimit Time for which a verdict on a silent peer may be put off while
	 * there is no proof of its death.
	 * @param proxyIdleTimeout Time after which the proxy in front cuts an idle
	 * connection, used only to warn when the interval is too long for it.
	 * @param textPing Text message that is answered in place of the application, for
	 * browsers, which cannot see pings.
	 * @param textPong Text message that answers the text ping.
	 * @param endpoints Map of path patterns to settings that replace the general ones.
	 * @param allowShort Whether intervals and timeouts below a second are accepted, as
	 * tests need them.
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

		private static final DataSize MOST_LOOK_AHEAD = DataSize.ofMegabytes(64);

		public Heartbeat {
			PropertyCheck.heartbeat("heartbeat.interval", interval);
			PropertyCheck.heartbeat("heartbeat.timeout", timeout);
			PropertyCheck.duration("heartbeat.close-timeout", closeTimeout);
			PropertyCheck.atMost("heartbeat.close-timeout", closeTimeout, LONGEST_CLOSE_TIMEOUT);
			PropertyCheck.sizeOrZero("heartbeat.look-ahead", lookAhead, MOST_LOOK_AHEAD);
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
	 * @param enabled Whether peers are pinged.
	 * @param mode When a peer is pinged.
	 * @param interval Time from one ping to the next.
	 * @param timeout Time that a peer may stay silent after a ping.
	 */
	public record Endpoint(@Nullable Boolean enabled, @Nullable Mode mode,
			@DurationUnit(ChronoUnit.SECONDS) @Nullable Duration interval,
			@DurationUnit(ChronoUnit.SECONDS) @Nullable Duration timeout) {
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
	 * Properties of TCP connections.
	 *
	 * @param keepAlive Whether the kernel probes an idle connection.
	 * @param idle Idle time after which the kernel starts to probe.
	 * @param interval Time from one probe of the kernel to the next.
	 * @param count Number of unanswered probes after which the kernel ends the
	 * connection.
	 * @param userTimeout Time for which written data may stay unacknowledged before the
	 * kernel ends the connection, which also ends peers that are alive but do not read.
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
	 * @param enabled Whether blocked event loops are detected and reported.
	 * @param sweep Longest time from one sweep of an event loop to the next, shortened to
	 * a quarter of the shortest interval or timeout in use.
	 * @param warnAfter Time without an answer after which an event loop counts as
	 * stalled.
	 * @param stackAfter Time without an answer after which the stack of an event loop is
	 * logged.
	 * @param downAfter Time without an answer after which the health is down.
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
	 * @param enabled Whether connections that ask for nothing are counted and make no
	 * noise in the log.
	 * @param logLevel Log level of what Netty and Reactor Netty log about connections
	 * that ask for nothing and about peers that are gone.
	 * @param summaryInterval Time from one line that sums up such connections to the
	 * next.
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
	 * @param lifecycleLevel Log level of the lines that tell when a connection opened and
	 * why it closed.
	 * @param mdc Which log lines carry the id of their connection in MDC.
	 * @param mdcKey Key of MDC under which they carry it.
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
	 * @param enabled Whether open WebSockets are closed one after the other before the
	 * application shuts down.
	 * @param grace Time that load balancers have to notice before the first WebSocket
	 * closes.
	 * @param window Time over which WebSockets close.
	 * @param closeCode Close code that tells clients to come back.
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
	 * @param enabled Whether the script for browsers is served.
	 * @param path Path at which the script for browsers is served, with that of the
	 * shared worker beside it.
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
	 * @param maxPendingOutput Output that may wait for a peer which takes none of it for
	 * longer than the timeout of slow consumers.
	 * @param slowConsumerTimeout Time for which more output than that may wait without
	 * becoming less before the connection is closed.
	 * @param slowConsumerCloseCode Close code that tells clients which do not take their
	 * output to come back.
	 * @param controlFramesPerSecond Number of pings and unsolicited pongs that a peer may
	 * send each second.
	 * @param controlFrameBurst Number of pings and unsolicited pongs that a peer may send
	 * at once.
	 * @param maxConnectionAge Age at which a connection is closed, so that its client
	 * comes back, perhaps to another instance.
	 * @param maxConnectionAgeJitter Share of the maximum age by which the age of each
	 * connection is shortened or lengthened at most, in percent.
	 * @param maxConnectionAgeCloseCode Close code that tells clients whose connection
	 * reached its age to come back.
	 * @param maxInflatedMessage Size of a compressed message after decompression above
	 * which the connection is closed.
	 * @param strict Whether what breaks RFC 6455 is refused, in a handshake, or ends the
	 * connection, as bad UTF-8 and reserved bits do, rather than reaches the application.
	 */
	public record Guard(@DefaultValue("1MB") DataSize maxPendingOutput,
			@DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS) Duration slowConsumerTimeout,
			@DefaultValue("1013") int slowConsumerCloseCode, @DefaultValue("100") int controlFramesPerSecond,
			@DefaultValue("200") int controlFrameBurst,
			@DurationUnit(ChronoUnit.SECONDS) @Nullable Duration maxConnectionAge,
			@DefaultValue("10%") String maxConnectionAgeJitter, @DefaultValue("1012") int maxConnectionAgeCloseCode,
			@DefaultValue("1MB") DataSize maxInflatedMessage, @DefaultValue("true") boolean strict) {

		private static final DataSize MOST_BYTES = DataSize.ofMegabytes(1024);

		public Guard {
			PropertyCheck.size("guard.max-pending-output", maxPendingOutput, MOST_BYTES);
			PropertyCheck.duration("guard.slow-consumer-timeout", slowConsumerTimeout);
			PropertyCheck.goingAwayCode("guard.slow-consumer-close-code", slowConsumerCloseCode);
			PropertyCheck.positive("guard.control-frames-per-second", controlFramesPerSecond);
			PropertyCheck.positive("guard.control-frame-burst", controlFrameBurst);
			PropertyCheck.duration("guard.max-connection-age", maxConnectionAge);
			PropertyCheck.percentage("guard.max-connection-age-jitter", maxConnectionAgeJitter);
			PropertyCheck.goingAwayCode("guard.max-connection-age-close-code", maxConnectionAgeCloseCode);
			PropertyCheck.size("guard.max-inflated-message", maxInflatedMessage, MOST_BYTES);
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
	 * @param connectProtocol Whether clients are offered WebSockets over HTTP/2, as RFC
	 * 8441 asks, where it is on and the application has not decided that itself.
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
	 * @param only Whether the application is only a client: its server is left alone.
	 * @param handshakeTimeout Time that a connection may take from its start to the call
	 * of the handler.
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
	 * @param min Longest time before a client connects again at first, doubled with each
	 * failure.
	 * @param max Longest time before a client connects again in the end.
	 * @param resetAfter Life of a connection after which its client waits as shortly as
	 * at first.
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
	 * @param enabled Whether servers are pinged.
	 * @param mode When a server is pinged.
	 * @param interval Time from one ping to the next.
	 * @param timeout Time that a server may stay silent after a ping.
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
	 * @param maxConnections Number of WebSockets that the server may have at the same
	 * time.
	 * @param maxConnectionsPerAddress Number of WebSockets that one address may have at
	 * the same time.
	 * @param handshakesPerSecond Number of opening handshakes that are accepted in a
	 * second.
	 * @param handshakeBurst Number of opening handshakes that are accepted at once after
	 * a rest, a tenth of those in a second if not set.
	 * @param handshakeTimeout Time within which the headers of the first request on a
	 * connection have to be complete, zero for no limit.
	 * @param retryAfter Time after which clients that were refused are asked to come
	 * back, on average.
	 * @param allowedOrigins Origins and patterns of origins from which browsers may
	 * connect besides the server's own, all if empty.
	 * @param allowedHosts Hosts and patterns of hosts that clients may address, all if
	 * empty.
	 * @param trustedProxies Number of proxies in front that append the address they see
	 * to a forwarded header, which decides on the address of a client.
	 * @param maxOpenFilesRatio Share of the open files that the process may have beyond
	 * which WebSockets are refused.
	 */
	public record Admission(@Nullable Integer maxConnections, @Nullable Integer maxConnectionsPerAddress,
			@Nullable Integer handshakesPerSecond, @Nullable Integer handshakeBurst,
			@DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration handshakeTimeout,
			@DefaultValue("5s") @DurationUnit(ChronoUnit.SECONDS) Duration retryAfter,
			@DefaultValue List<String> allowedOrigins, @DefaultValue List<String> allowedHosts,
			@Nullable Integer trustedProxies, @DefaultValue("0.95") double maxOpenFilesRatio) {

		private static final int MOST_PROXIES = 100;

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
			PropertyCheck.between("admission.trusted-proxies", trustedProxies, MOST_PROXIES);
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
