package io.github.websocketkeepalive.contract;

import java.io.IOException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Without {@code strict} an application sees what it sees without the starter.
 */
class LenientServerTests {

	@ParameterizedTest
	@EnumSource
	void badUtf8AndReservedBitsAreForTheApplicationToJudge(Transport transport) throws IOException {
		byte[] text = { 'a', (byte) 0xC3, (byte) 0x28, (byte) 0xFF };
		try (TestServer server = TestServer.on(transport)
			.property("websocket-keepalive.guard.strict", false)
			.property("websocket-keepalive.echo.path", "/echo")
			.start(); RawClient client = RawClient.connect(server.port(), "/echo")) {
			client.send(RawClient.frame(true, RawClient.TEXT, text));
			assertThat(client.read(RawClient.TEXT).payload()).isEqualTo(text);
			client.send(RawClient.frame(0xC1, true, new byte[] { 'a' }));
			assertThat(client.read(RawClient.TEXT).text()).isEqualTo("a");
		}
	}

	@ParameterizedTest
	@EnumSource
	void earlierVersionsOfTheProtocolAreSpoken(Transport transport) throws IOException {
		try (TestServer server = TestServer.on(transport)
			.property("websocket-keepalive.guard.strict", false)
			.property("websocket-keepalive.echo.path", "/echo")
			.start(); RawClient client = RawClient.connectOnly(server.port(), 0)) {
			client.send(RawClient.handshake("/echo").replace("Version: 13", "Version: 8"));
			assertThat(client.readResponse()).startsWith("HTTP/1.1 101");
		}
	}

}
