package io.github.websocketkeepalive.contract;

import io.netty.handler.codec.http2.Http2Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.web.server.WebFilter;

import io.github.websocketkeepalive.test.Http2Client;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * That a server with HTTP/2 offers WebSockets over it (RFC 8441 section 3) unless it is
 * told not to, and that its other settings stay as they are.
 */
@ParameterizedClass
@EnumSource(Transport.class)
class ExtendedConnectTests {

	@Parameter
	private Transport transport;

	@ParameterizedTest
	@CsvSource({ "websocket-keepalive.enabled, true, true", "websocket-keepalive.enabled, false,",
			"websocket-keepalive.http2.connect-protocol, auto, true",
			"websocket-keepalive.http2.connect-protocol, on, true",
			"websocket-keepalive.http2.connect-protocol, off," })
	void itIsOfferedUnlessThatIsSwitchedOff(String property, String value, Boolean offered) throws Exception {
		try (TestServer server = server().property(property, value).start()) {
			assertThat(Http2Client.settings(server.port()).connectProtocolEnabled()).isEqualTo(offered);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "true", "false" })
	void theApplicationDecidesIfItWants(boolean offered) throws Exception {
		try (TestServer server = server().property("test.offered", offered).start(OwnDecision.class)) {
			assertThat(Http2Client.settings(server.port()).connectProtocolEnabled()).isEqualTo(offered);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "auto", "off" })
	void theOtherSettingsStayAsTheyAre(String connectProtocol) throws Exception {
		try (TestServer server = server().property("server.max-http-request-header-size", "20KB")
			.property("websocket-keepalive.http2.connect-protocol", connectProtocol)
			.start()) {
			assertThat(Http2Client.settings(server.port()).maxHeaderListSize()).isEqualTo(20 * 1024);
		}
		try (TestServer server = server().property("websocket-keepalive.http2.connect-protocol", connectProtocol)
			.start(OwnWindow.class)) {
			Http2Settings settings = Http2Client.settings(server.port());
			assertThat(settings.initialWindowSize()).isEqualTo(123_456);
			assertThat(settings.maxConcurrentStreams()).isEqualTo(77);
		}
	}

	@Test
	void aServerThatIsOnlyToldToSpeakHttp2ServesWebSocketsOverIt() throws Exception {
		try (TestServer server = server().property("websocket-keepalive.echo.path", "/echo").start();
				Http2Client client = Http2Client.connect(server.port(), false, "/echo", false)) {
			client.sendText("hello");
			await().untilAsserted(() -> assertThat(client.messages()).containsExactly("hello"));
		}
	}

	@Test
	void anAnswerOfWhoKnowsNothingOfWebSocketsOpensNone() throws Exception {
		try (TestServer server = server().start(AnswersAnything.class, RecordingListener.class)) {
			assertThat(Http2Client.handshake(server.port(), false, "/status")).containsEntry(":status", "200");
			assertThat(server.bean(RecordingListener.class).opened()).isEmpty();
			assertThat(server.connections().count()).isZero();
		}
	}

	private TestServer.Builder server() {
		return TestServer.on(this.transport).property("server.http2.enabled", true);
	}

	@Configuration(proxyBeanMethods = false)
	static class AnswersAnything {

		@Bean
		WebFilter filter() {
			return (exchange, chain) -> exchange.getResponse().setComplete();
		}

	}

	// Behind Spring Boot's own, which sets all settings of HTTP/2 anew.
	@Configuration(proxyBeanMethods = false)
	static class OwnDecision {

		@Bean
		@Order(1)
		WebServerFactoryCustomizer<NettyReactiveWebServerFactory> decision(@Value("${test.offered}") boolean offered) {
			return (factory) -> factory.addServerCustomizers(
					(server) -> server.http2Settings((settings) -> settings.connectProtocolEnabled(offered)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnWindow {

		@Bean
		@Order(1)
		WebServerFactoryCustomizer<NettyReactiveWebServerFactory> window() {
			return (factory) -> factory.addServerCustomizers((server) -> server
				.http2Settings((settings) -> settings.initialWindowSize(123_456).maxConcurrentStreams(77)));
		}

	}

}
