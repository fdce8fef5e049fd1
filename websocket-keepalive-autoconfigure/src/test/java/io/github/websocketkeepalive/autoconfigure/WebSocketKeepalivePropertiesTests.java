package io.github.websocketkeepalive.autoconfigure;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.unit.DataSize;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties.Admission;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties.Backoff;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties.BrowserClient;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties.Client;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties.ClientHeartbeat;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties.Endpoint;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties.EventLoop;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties.Heartbeat;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties.Mode;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties.Tcp;
import io.github.websocketkeepalive.guard.GuardPolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

@ExtendWith(OutputCaptureExtension.class)
class WebSocketKeepalivePropertiesTests {

	@Test
	void defaultsOfTheHeartbeat() {
		assertThat(bind().enabled()).isTrue();
		assertThat(bind().heartbeat()).isEqualTo(
				new Heartbeat(true, Mode.ALWAYS, Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(5),
						DataSize.ofKilobytes(64), Duration.ofMinutes(5), null, null, null, Map.of(), false));
	}

	@Test
	void defaultsOfEverythingElse() {
		assertThat(bind().echo().path()).isNull();
		assertThat(bind().browserClient()).isEqualTo(new BrowserClient(false, "/websocket-keepalive.js"));
		assertThat(bind().tcp()).isEqualTo(new Tcp(true, Duration.ofSeconds(60), Duration.ofSeconds(15), 4, null));
		assertThat(bind().eventLoop()).isEqualTo(new EventLoop(true, Duration.ofMillis(500), Duration.ofMillis(500),
				Duration.ofSeconds(1), Duration.ofSeconds(5)));
		assertThat(bind().logging().lifecycleLevel()).isEqualTo(LogLevel.INFO);
		assertThat(bind().client()).isEqualTo(new Client(false, Duration.ofSeconds(10),
				new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30), Duration.ofSeconds(30)),
				new ClientHeartbeat(null, null, null, null)));
	}

	@Test
	void everyPropertyIsBound() {
		WebSocketKeepaliveProperties properties = bind("enabled=false", "heartbeat.enabled=false",
				"heartbeat.mode=when-idle", "heartbeat.interval=1s", "heartbeat.timeout=2s",
				"heartbeat.close-timeout=3s", "heartbeat.look-ahead=1KB", "heartbeat.held-limit=4s",
				"heartbeat.proxy-idle-timeout=60s", "heartbeat.text-ping=ping", "heartbeat.text-pong=pong",
				"heartbeat.allow-short=true", "echo.path=/ws/echo", "browser-client.enabled=true",
				"browser-client.path=/ws.js", "tcp.keep-alive=false", "tcp.idle=1s", "tcp.interval=2s", "tcp.count=3",
				"tcp.user-timeout=4s", "event-loop.enabled=false", "event-loop.sweep=100ms",
				"event-loop.warn-after=200ms", "event-loop.stack-after=300ms", "event-loop.down-after=400ms",
				"logging.lifecycle-level=off", "client.handshake-timeout=1s", "client.backoff.min=2s",
				"client.backoff.max=3s", "client.backoff.reset-after=4s", "client.heartbeat.enabled=false",
				"client.heartbeat.mode=when-idle", "client.heartbeat.interval=5s", "client.heartbeat.timeout=6s");
		assertThat(properties.enabled()).isFalse();
		assertThat(properties.client()).isEqualTo(new Client(false, Duration.ofSeconds(1),
				new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(4)),
				new ClientHeartbeat(false, Mode.WHEN_IDLE, Duration.ofSeconds(5), Duration.ofSeconds(6))));
		assertThat(properties.heartbeat()).isEqualTo(new Heartbeat(false, Mode.WHEN_IDLE, Duration.ofSeconds(1),
				Duration.ofSeconds(2), Duration.ofSeconds(3), DataSize.ofKilobytes(1), Duration.ofSeconds(4),
				Duration.ofSeconds(60), "ping", "pong", Map.of(), true));
		assertThat(properties.echo().path()).isEqualTo("/ws/echo");
		assertThat(properties.browserClient()).isEqualTo(new BrowserClient(true, "/ws.js"));
		assertThat(properties.tcp())
			.isEqualTo(new Tcp(false, Duration.ofSeconds(1), Duration.ofSeconds(2), 3, Duration.ofSeconds(4)));
		assertThat(properties.eventLoop()).isEqualTo(new EventLoop(false, Duration.ofMillis(100),
				Duration.ofMillis(200), Duration.ofMillis(300), Duration.ofMillis(400)));
		assertThat(properties.logging().lifecycleLevel()).isEqualTo(LogLevel.OFF);
	}

	@Test
	void defaultsOfAdmission() {
		assertThat(bind().admission()).isEqualTo(new Admission(null, null, null, null, Duration.ofSeconds(30),
				Duration.ofSeconds(5), List.of(), List.of(), null, 0.95));
	}

	@Test
	void everythingOfAdmissionCanBeSet() {
		assertThat(bind("admission.max-connections=1", "admission.max-connections-per-address=2",
				"admission.handshakes-per-second=3", "admission.handshake-burst=4", "admission.handshake-timeout=0s",
				"admission.retry-after=6s", "admission.allowed-origins=https://a.org,https://*.b.org:[*],null,*",
				"admission.allowed-hosts=a.org,*.b.org:8443,[::1]", "admission.trusted-proxies=2",
				"admission.max-open-files-ratio=1")
			.admission())
			.isEqualTo(new Admission(1, 2, 3, 4, Duration.ZERO, Duration.ofSeconds(6),
					List.of("https://a.org", "https://*.b.org:[*]", "null", "*"),
					List.of("a.org", "*.b.org:8443", "[::1]"), 2, 1));
	}

	@Test
	void endpointsAreBoundByTheirPatterns() {
		assertThat(
				bind("heartbeat.endpoints[/ws/prices/**].interval=5s", "heartbeat.endpoints[/ws/prices/**].timeout=4s",
						"heartbeat.endpoints[/ws/raw].enabled=false", "heartbeat.endpoints[/ws/idle].mode=when-idle")
					.heartbeat()
					.endpoints())
			.containsOnly(
					entry("/ws/prices/**", new Endpoint(null, null, Duration.ofSeconds(5), Duration.ofSeconds(4))),
					entry("/ws/raw", new Endpoint(false, null, null, null)),
					entry("/ws/idle", new Endpoint(null, Mode.WHEN_IDLE, null, null)));
	}

	@Test
	void aDurationWithoutAUnitIsInSeconds() {
		List<String> keys = keys(WebSocketKeepaliveProperties.class, "", Duration.class);
		assertThat(keys).contains("heartbeat.interval", "heartbeat.endpoints[/ws].timeout", "client.backoff.min",
				"client.heartbeat.interval", "tcp.user-timeout", "guard.max-connection-age");
		WebSocketKeepaliveProperties properties = bind(keys.stream().map((key) -> key + "=3").toArray(String[]::new));
		assertThat(values(properties, Duration.class)).hasSameSizeAs(keys).containsOnly(Duration.ofSeconds(3));
	}

	@ParameterizedTest
	@MethodSource
	void aSizeWithoutAUnitIsInBytes(String key) {
		assertThat(values(bind(key + "=1048576"), DataSize.class)).contains(DataSize.ofBytes(1_048_576));
	}

	@ParameterizedTest
	@MethodSource("aSizeWithoutAUnitIsInBytes")
	void aSizeBelowAKilobyteIsRefused(String key) {
		assertThatException().isThrownBy(() -> bind(key + "=1"))
			.havingRootCause()
			.withMessageContainingAll(key, "from 1KB to", "A number without a unit counts bytes");
	}

	static List<String> aSizeWithoutAUnitIsInBytes() {
		return keys(WebSocketKeepaliveProperties.class, "", DataSize.class);
	}

	@ParameterizedTest
	@MethodSource
	void anIntervalOrTimeoutBelowASecondIsRefusedUnlessItIsAllowed(String key) {
		assertThatException().isThrownBy(() -> bind(key + "=999ms"))
			.havingRootCause()
			.isInstanceOfSatisfying(InvalidKeepalivePropertyException.class, (failure) -> {
				assertThat(failure.getKey()).isEqualTo("websocket-keepalive." + key);
				assertThat(failure.getValue()).isEqualTo("999ms");
				assertThat(failure.getRemedy()).startsWith("Use at least 1s")
					.contains("'websocket-keepalive.heartbeat.allow-short'");
			});
		assertThat(values(bind(key + "=1s"), Duration.class)).contains(Duration.ofSeconds(1));
		assertThat(values(bind(key + "=999ms", "heartbeat.allow-short=true"), Duration.class))
			.contains(Duration.ofMillis(999));
	}

	static Stream<String> anIntervalOrTimeoutBelowASecondIsRefusedUnlessItIsAllowed() {
		return keys(WebSocketKeepaliveProperties.class, "", Duration.class).stream()
			.filter((key) -> key.endsWith("interval") || key.endsWith("timeout"))
			.filter((key) -> !key.equals("tcp.interval"));
	}

	private static List<String> keys(Class<?> type, String prefix, Class<?> wanted) {
		List<String> keys = new ArrayList<>();
		for (RecordComponent component : type.getRecordComponents()) {
			String key = prefix + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
			if (component.getType() == wanted) {
				keys.add(key);
			}
			else if (component.getType() == Map.class) {
				keys.addAll(keys(Endpoint.class, key + "[/ws].", wanted));
			}
			else if (component.getType().isRecord()) {
				keys.addAll(keys(component.getType(), key + ".", wanted));
			}
		}
		return keys;
	}

	private static <T> List<T> values(Object value, Class<T> wanted) {
		if (wanted.isInstance(value)) {
			return List.of(wanted.cast(value));
		}
		if (value instanceof Map<?, ?> map) {
			return map.values().stream().flatMap((entry) -> values(entry, wanted).stream()).toList();
		}
		return (value instanceof Record) ? Arrays.stream(value.getClass().getRecordComponents())
			.map((component) -> ReflectionUtils.invokeMethod(component.getAccessor(), value))
			.flatMap((component) -> values(component, wanted).stream())
			.toList() : List.of();
	}

	@Test
	void textPingThatIsEmptyIsNotSet() {
		assertThat(bind("heartbeat.text-ping=", "heartbeat.text-pong=").heartbeat().textPing()).isNull();
	}

	@Test
	void echoPathThatIsEmptyIsNotSet() {
		assertThat(bind("echo.path=").echo().path()).isNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					heartbeat.interval                      | 0s         | 0s      | above zero
					heartbeat.interval                      | -1s        | -1s     | above zero
					heartbeat.interval                      | 20000      | 20000s  | at most 1h. A number without a unit counts seconds
					heartbeat.timeout                       | 61m        | 61m     | at most 1h
					heartbeat.endpoints[/ws/a/**].interval  | 2h         | 2h      | at most 1h
					heartbeat.endpoints[/ws/a/**].timeout   | 2h         | 2h      | at most 1h
					client.heartbeat.interval               | 2h         | 2h      | at most 1h
					client.heartbeat.timeout                | 2h         | 2h      | at most 1h
					guard.max-connection-age                | 200000d    | 4800000h   | at most
					heartbeat.timeout                       | 0s         | 0s      | above zero
					heartbeat.close-timeout                 | 0s         | 0s      | above zero
					heartbeat.close-timeout                 | 6s         | 6s      | at most 5s
					heartbeat.held-limit                    | -5m        | -5m     | above zero
					heartbeat.proxy-idle-timeout            | 0s         | 0s      | above zero
					heartbeat.endpoints[/ws/a/**].interval  | 0s         | 0s      | above zero
					heartbeat.endpoints[/ws/a/**].timeout   | -1ms       | -1ms      | above zero
					echo.path                               | ws/echo    | ws/echo | starts with a slash
					heartbeat.text-ping                     | ping       | ping    | together with 'websocket-keepalive.heartbeat.text-pong'
					heartbeat.text-pong                     | pong       | pong    | together with 'websocket-keepalive.heartbeat.text-ping'
					browser-client.path                     | ws.js      | ws.js   | starts with a slash
					heartbeat.look-ahead                    | -1B        | -1B     | from 1KB to 64MB
					heartbeat.look-ahead                    | 65MB       | 65MB      | from 1KB to 64MB
					tcp.idle                                | 0s         | 0s      | whole seconds
					tcp.idle                                | 1500ms     | 1500ms  | whole seconds
					tcp.interval                            | 10h        | 10h     | whole seconds
					tcp.count                               | 0          | 0       | above zero
					tcp.user-timeout                        | 0s         | 0s      | above zero
					tcp.user-timeout                        | 2d         | 48h     | at most
					guard.max-pending-output                | 0B         | 0B      | from 1KB to 1024MB
					guard.slow-consumer-timeout             | 0s         | 0s      | above zero
					guard.control-frames-per-second         | 0          | 0       | above zero
					guard.control-frame-burst               | -1         | -1      | above zero
					guard.max-connection-age                | 0s         | 0s      | above zero
					guard.max-connection-age-jitter         | 101%       | 101%    | from 0% to 100%
					guard.max-connection-age-jitter         | 0.1        | 0.1     | from 0% to 100%
					guard.slow-consumer-close-code          | 1000       | 1000    | 1012 (service restart)
					guard.max-connection-age-close-code     | 1002       | 1002    | 1012 (service restart)
					guard.max-inflated-message              | 2GB        | 2048MB      | from 1KB to 1024MB
					client.handshake-timeout                | 0s         | 0s      | above zero
					client.backoff.min                      | 0s         | 0s      | above zero
					client.backoff.max                      | 400ms      | 400ms   | at least the value of 'websocket-keepalive.client.backoff.min', 500ms
					client.backoff.reset-after              | -1s        | -1s     | above zero
					client.heartbeat.interval               | 0s         | 0s      | above zero
					client.heartbeat.timeout                | 0s         | 0s      | above zero
					event-loop.sweep                        | 0ms        | 0s      | above zero
					event-loop.warn-after                   | 0ms        | 0s      | above zero
					event-loop.stack-after                  | 400ms      | 400ms   | at least the value of 'websocket-keepalive.event-loop.warn-after', 500ms
					event-loop.down-after                   | 10ms       | 10ms    | at least the value of 'websocket-keepalive.event-loop.warn-after', 500ms
					admission.max-connections               | 0          | 0       | above zero
					admission.max-connections-per-address   | -1         | -1      | above zero
					admission.handshakes-per-second         | 0          | 0       | above zero
					admission.handshake-burst               | 0          | 0       | above zero
					admission.handshake-burst               | 5          | 5       | together with 'websocket-keepalive.admission.handshakes-per-second'
					admission.handshake-timeout             | -1s        | -1s     | above zero
					admission.retry-after                   | 0s         | 0s      | above zero
					admission.allowed-hosts[0]              | https://example.org | https://example.org | a host without a scheme or path
					admission.allowed-hosts[0]              | example.org/ | example.org/ | a host without a scheme or path
					admission.allowed-hosts[0]              | * | * | a host without a scheme or path
					admission.allowed-hosts[0]              | example.org:65536 | example.org:65536 | a host without a scheme or path
					admission.allowed-hosts[0]              | b\u00fccher.example | b\u00fccher.example | xn--bcher-kva.example
					admission.trusted-proxies               | -1 | -1 | a number from 0 to 100
					admission.allowed-origins[0]            | https://user@example.org | https://user@example.org | an origin without a path
					admission.allowed-origins[0]            | https://b\u00fccher.example | https://b\u00fccher.example | xn--bcher-kva.example
					admission.allowed-origins[0]            | example.org | example.org | an origin without a path
					admission.allowed-origins[0]            | https://example.org:99999 | https://example.org:99999 | an origin without a path
					admission.allowed-origins[0]            | https://example.org/ | https://example.org/ | an origin without a path
					admission.max-open-files-ratio          | 0          | 0.0     | above 0 and up to 1
					admission.max-open-files-ratio          | 1.1        | 1.1     | above 0 and up to 1
					admission.max-open-files-ratio          | NaN        | NaN     | above 0 and up to 1
					""")
	void aValueThatCannotWorkIsRefused(String key, String value, String shown, String remedy) {
		assertThatException().isThrownBy(() -> bind(key + "=" + value))
			.havingRootCause()
			.isInstanceOfSatisfying(InvalidKeepalivePropertyException.class, (failure) -> {
				assertThat(failure.getKey()).isEqualTo("websocket-keepalive." + key);
				assertThat(failure.getValue()).isEqualTo(shown);
				assertThat(failure.getRemedy()).contains(remedy).startsWith("Use ").endsWith(".");
				assertThat(failure).hasMessageContainingAll(failure.getKey(), shown, remedy);
			});
	}

	@Test
	void theGuardIsWhatIsDocumentedUnlessConfigured() {
		assertThat(bind().guard().toGuardPolicy()).isEqualTo(GuardPolicy.DEFAULT);
		assertThat(bind("guard.max-pending-output=2KB", "guard.slow-consumer-timeout=3s",
				"guard.control-frames-per-second=4", "guard.control-frame-burst=5", "guard.max-connection-age=6s",
				"guard.max-connection-age-jitter=7%", "guard.max-inflated-message=8KB", "guard.strict=false",
				"guard.slow-consumer-close-code=4001", "guard.max-connection-age-close-code=1001")
			.guard()
			.toGuardPolicy())
			.isEqualTo(new GuardPolicy(2048, 3_000_000_000L, 4, 5, 6000, 0.07, 8192, false, 4001, 1001));
	}

	@Test
	void anEndpointThatIsNoPathIsRefused() {
		assertThatException().isThrownBy(() -> bind("heartbeat.endpoints[ws].interval=5s"))
			.havingRootCause()
			.isInstanceOfSatisfying(InvalidKeepalivePropertyException.class, (failure) -> {
				assertThat(failure.getKey()).isEqualTo("websocket-keepalive.heartbeat.endpoints[ws]");
				assertThat(failure.getValue()).isEqualTo("ws");
				assertThat(failure.getRemedy()).contains("starts with a slash");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "hartbeat.interval=1s", "heartbeat.intervall=1s", "event-loop.period=1s", "echo.paths=/ws",
			"logging.level=info", "heartbeat.endpoints[/ws].held-limit=1s", "interval=1s" })
	void anUnknownKeyIsRefused(String property, CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(property));
		assertThat(output).contains("APPLICATION FAILED TO START", property.substring(0, property.indexOf('=')));
	}

	@Test
	void aDurationThatIsNoneIsRefused() {
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> bind("heartbeat.interval=soon"))
			.withMessageContaining("websocket-keepalive.heartbeat.interval");
	}

	private static WebSocketKeepaliveProperties bind(String... properties) {
		MapConfigurationPropertySource source = new MapConfigurationPropertySource();
		Stream.of(properties)
			.map((property) -> property.split("=", 2))
			.forEach((property) -> source.put("websocket-keepalive." + property[0], property[1]));
		return new Binder(source).bindOrCreate("websocket-keepalive", WebSocketKeepaliveProperties.class);
	}

	private static void run(String... properties) {
		String[] prefixed = Arrays.stream(properties)
			.map((property) -> "--websocket-keepalive." + property)
			.toArray(String[]::new);
		new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE).run(prefixed).close();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(WebSocketKeepaliveAutoConfiguration.class)
	static class Application {

	}

}
