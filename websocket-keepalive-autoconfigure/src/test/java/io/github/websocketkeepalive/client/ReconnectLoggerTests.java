package io.github.websocketkeepalive.client;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.github.websocketkeepalive.client.reconnect.ConnectionState;
import io.github.websocketkeepalive.client.reconnect.Disconnect;
import io.github.websocketkeepalive.client.reconnect.HandshakeFailure;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ReconnectLoggerTests {

	private final ReconnectLogger logger = new ReconnectLogger("prices");

	@Test
	void aLineForEachChangeOfCauseAndNoneForRepetitions(CapturedOutput output) {
		this.logger.connectsTo(URI.create("wss://example.com:8443/ws?token=secret"));
		this.logger.log(waiting(HandshakeFailure.REFUSED, 1));
		this.logger.log(waiting(HandshakeFailure.REFUSED, 2));
		this.logger.log(waiting(HandshakeFailure.DNS, 3));
		assertThat(output.toString().lines().filter((line) -> line.contains("client prices"))).satisfiesExactly(
				(line) -> assertThat(line).contains("not connected to wss://example.com:8443/ws: ", "row: 1,"),
				(line) -> assertThat(line).contains("row: 3,"));
		assertThat(output).doesNotContain("secret");
	}

	@Test
	void theFirstConnectionIsNoNews(CapturedOutput output) {
		this.logger.log(new ConnectionState.Connecting(0));
		this.logger.log(new ConnectionState.Connected("a"));
		assertThat(output).doesNotContain("client prices");
	}

	@Test
	void theSameCauseIsNewsAfterAConnectionThatLasted(CapturedOutput output) {
		this.logger.log(waiting(HandshakeFailure.REFUSED, 1));
		this.logger.log(new ConnectionState.Connected("a"));
		this.logger.log(waiting(HandshakeFailure.REFUSED, 1));
		assertThat(output.toString().lines().filter((line) -> line.contains("client prices"))).satisfiesExactly(
				(line) -> assertThat(line).contains("row: 1,"), (line) -> assertThat(line).contains("connected again"),
				(line) -> assertThat(line).contains("row: 1,"));
	}

	@Test
	void aServerThatAcceptsAndDropsTheConnectionIsNewsOnceAndAtTheTenthTime(CapturedOutput output) {
		for (int failures = 1; failures <= 20; failures++) {
			this.logger.log(waiting(HandshakeFailure.NETWORK, failures));
			this.logger.log(new ConnectionState.Connected("a"));
		}
		assertThat(output.toString().lines().filter((line) -> line.contains("client prices"))).satisfiesExactly(
				(line) -> assertThat(line).contains("row: 1,"), (line) -> assertThat(line).contains("connected again"),
				(line) -> assertThat(line).contains("row: 10,"),
				(line) -> assertThat(line).contains("connected again"));
	}

	@Test
	void aClientThatIsAwayForAnotherReasonThanAtFirstSaysWhenItIsBack(CapturedOutput output) {
		this.logger.log(waiting(HandshakeFailure.NETWORK, 1));
		this.logger.log(new ConnectionState.Connected("a"));
		this.logger.log(waiting(HandshakeFailure.NETWORK, 2));
		this.logger.log(waiting(HandshakeFailure.REFUSED, 3));
		this.logger.log(new ConnectionState.Connected("b"));
		assertThat(output.toString().lines().filter((line) -> line.contains("client prices"))).satisfiesExactly(
				(line) -> assertThat(line).contains("row: 1,"), (line) -> assertThat(line).contains("[a]"),
				(line) -> assertThat(line).contains("row: 3,"), (line) -> assertThat(line).contains("[b]"));
	}

	@Test
	void whoGivesUpSaysWhereAndWhy(CapturedOutput output) {
		this.logger.connectsTo(URI.create("ws://example.com/ws"));
		this.logger.log(new ConnectionState.Ended(Disconnect.refused(404, null, new IOException())));
		assertThat(output).contains("WARN")
			.contains(
					"client prices has given up on ws://example.com/ws: the server refused the handshake with status 404");
	}

	@Test
	void whoHasNoAddressNamesNone(CapturedOutput output) {
		this.logger.log(new ConnectionState.Ended(
				Disconnect.failed(HandshakeFailure.INVALID_URI, new IllegalArgumentException("it is relative"))));
		assertThat(output)
			.contains("client prices has given up on its server: no client can connect to the URI: it is relative");
	}

	@Test
	void aRelativeUriIsShownByItsPath(CapturedOutput output) {
		this.logger.connectsTo(URI.create("/ws?token=secret"));
		this.logger.log(new ConnectionState.Ended(Disconnect.refused(404, null, new IOException())));
		assertThat(output).contains("client prices has given up on /ws: ").doesNotContain("secret");
	}

	@Test
	void whoIsToldToStopSaysSo(CapturedOutput output) {
		this.logger.log(new ConnectionState.Ended(null));
		assertThat(output).contains("INFO").contains("client prices has ended: it was told to");
	}

	private static ConnectionState waiting(HandshakeFailure failure, int failures) {
		return new ConnectionState.Waiting(Duration.ofSeconds(1), Disconnect.failed(failure, new IOException()),
				failures);
	}

}
