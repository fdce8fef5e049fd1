package io.github.websocketkeepalive.server;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.http.Http2SettingsSpec;
import reactor.netty.http.server.HttpServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ExtendedConnectCustomizer}.
 */
class ExtendedConnectCustomizerTests {

	@Test
	void whatHasNoSettingsIsOffered() {
		Http2SettingsSpec settings = ExtendedConnectCustomizer.offer(HttpServer.create())
			.configuration()
			.http2SettingsSpec();
		assertThat(settings).isEqualTo(Http2SettingsSpec.builder().connectProtocolEnabled(true).build());
	}

	// Each getter is read, so that a setting which Reactor Netty adds is missed here.
	@Test
	void everyOtherSettingStaysAsItIs() throws ReflectiveOperationException {
		Consumer<Http2SettingsSpec.Builder> everything = (builder) -> builder.headerTableSize(1)
			.initialWindowSize(2)
			.maxConcurrentStreams(3)
			.maxFrameSize(16_384 + 4)
			.maxHeaderListSize(5)
			.maxStreams(6)
			.maxDecodedRstFramesPerWindow(7, 8)
			.maxEncodedRstFramesPerWindow(9, 10)
			.pingAckDropThreshold(11)
			.pingAckTimeout(Duration.ofSeconds(12));
		HttpServer server = HttpServer.create().http2Settings(everything);
		Http2SettingsSpec before = server.configuration().http2SettingsSpec();
		Http2SettingsSpec after = ExtendedConnectCustomizer.offer(server).configuration().http2SettingsSpec();
		assertThat(after.connectProtocolEnabled()).isTrue();
		for (Method getter : getters()) {
			assertThat(getter.invoke(after)).as(getter.getName()).isNotNull().isEqualTo(getter.invoke(before));
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void theApplicationDecidesIfItWants(boolean offered) {
		HttpServer server = HttpServer.create()
			.http2Settings((settings) -> settings.connectProtocolEnabled(offered).maxStreams(3));
		assertThat(ExtendedConnectCustomizer.offer(server)).isSameAs(server);
	}

	// Nobody can set whether the server pushes.
	private static List<Method> getters() {
		return Stream.of(Http2SettingsSpec.class.getMethods())
			.filter((method) -> method.getDeclaringClass() == Http2SettingsSpec.class)
			.filter((method) -> !Modifier.isStatic(method.getModifiers()) && method.getParameterCount() == 0)
			.filter((
					method) -> !List.of("hashCode", "connectProtocolEnabled", "pushEnabled").contains(method.getName()))
			.toList();
	}

}
