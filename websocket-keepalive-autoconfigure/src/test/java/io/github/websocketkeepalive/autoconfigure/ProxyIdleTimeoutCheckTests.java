package io.github.websocketkeepalive.autoconfigure;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties.Heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ProxyIdleTimeoutCheckTests {

	@Test
	void saysNothingWhenTheTimeoutIsNotKnown(CapturedOutput output) {
		check(Map.of("interval", "1h"));
		assertThat(output).doesNotContain("heartbeat.interval");
	}

	@Test
	void saysNothingWhenTwoIntervalsFit(CapturedOutput output) {
		check(Map.of("interval", "30s", "proxy-idle-timeout", "60s"));
		assertThat(output).doesNotContain("heartbeat.interval");
	}

	@Test
	void warnsWhenTwoIntervalsDoNotFit(CapturedOutput output) {
		check(Map.of("interval", "31s", "proxy-idle-timeout", "60s"));
		assertThat(output).containsOnlyOnce("WARN")
			.contains("'websocket-keepalive.heartbeat.interval' is 31s", "idle timeout of 1m", "Use at most 30s");
	}

	@Test
	void warnsOfTheEndpointWhoseIntervalIsTooLong(CapturedOutput output) {
		check(Map.of("interval", "30s", "proxy-idle-timeout", "60s", "endpoints[/ws/slow].interval", "45s",
				"endpoints[/ws/fast].interval", "5s"));
		assertThat(output).containsOnlyOnce("WARN")
			.contains("'websocket-keepalive.heartbeat.endpoints[/ws/slow].interval' is 45s");
	}

	private static void check(Map<String, String> properties) {
		new ProxyIdleTimeoutCheck(
				new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate("", Heartbeat.class));
	}

}
