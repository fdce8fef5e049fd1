package io.github.websocketkeepalive.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.convert.ConversionException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever values properties have: each works, or is refused by a message that names the
 * property. An input is lines of {@code key=value}, of which others than ours are left
 * out.
 */
class WebSocketKeepalivePropertiesFuzzTests {

	private static final List<String> KEYS = List.of("heartbeat.allow-short", "heartbeat.mode", "heartbeat.interval",
			"heartbeat.timeout", "heartbeat.close-timeout", "heartbeat.look-ahead", "heartbeat.held-limit",
			"heartbeat.proxy-idle-timeout", "heartbeat.text-ping", "heartbeat.text-pong",
			"heartbeat.endpoints[/ws].interval", "heartbeat.endpoints[ws].mode", "echo.path", "tcp.keep-alive",
			"tcp.idle", "tcp.interval", "tcp.count", "tcp.user-timeout", "event-loop.sweep", "event-loop.warn-after",
			"event-loop.stack-after", "event-loop.down-after", "logging.lifecycle-level", "logging.mdc",
			"logging.mdc-key", "drain.grace", "drain.window", "drain.close-code", "browser-client.path",
			"guard.max-pending-output", "guard.slow-consumer-timeout", "guard.control-frames-per-second",
			"guard.control-frame-burst", "guard.max-connection-age", "guard.max-connection-age-jitter",
			"guard.max-inflated-message", "guard.strict", "guard.slow-consumer-close-code",
			"guard.max-connection-age-close-code", "client.handshake-timeout", "client.backoff.min",
			"client.backoff.max", "client.backoff.reset-after", "client.heartbeat.interval",
			"client.heartbeat.timeout");

	@FuzzTest
	void everyValueWorksOrIsRefused(byte[] lines) {
		MapConfigurationPropertySource source = new MapConfigurationPropertySource();
		new String(lines, StandardCharsets.UTF_8).lines()
			.map((line) -> line.split("=", 2))
			.filter((pair) -> pair.length == 2 && KEYS.contains(pair[0]))
			.forEach((pair) -> source.put(PropertyCheck.PREFIX + pair[0], pair[1]));
		try {
			use(new Binder(source).bindOrCreate("websocket-keepalive", WebSocketKeepaliveProperties.class));
		}
		catch (BindException ex) {
			assertThat(causes(ex)).hasAtLeastOneElementOfType(RuntimeException.class)
				.anyMatch((cause) -> cause instanceof InvalidKeepalivePropertyException
						|| cause instanceof ConversionException);
		}
	}

	private static void use(WebSocketKeepaliveProperties properties) {
		properties.heartbeat().interval().toNanos();
		properties.heartbeat().timeout().toNanos();
		properties.heartbeat().heldLimit().toNanos();
		properties.heartbeat().toTextPing();
		properties.tcp().toTcpOptions();
		properties.eventLoop().sweep().toNanos();
		properties.eventLoop().toStallPolicy();
		properties.eventLoop().stackAfter().toNanos();
		properties.eventLoop().downAfter().toNanos();
		properties.drain().toDrainPolicy();
		properties.guard().toGuardPolicy();
		properties.client().backoff().max().toNanos();
		properties.client().backoff().resetAfter().toNanos();
	}

	private static List<Throwable> causes(Throwable failure) {
		List<Throwable> causes = new ArrayList<>();
		for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
			causes.add(cause);
		}
		return causes;
	}

}
