package io.github.websocketkeepalive.heartbeat;

import java.time.Duration;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.test.StubConnection;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TwoHeartbeatsDetector}, as {@link ForeignPings} tells it.
 */
@ExtendWith(OutputCaptureExtension.class)
class TwoHeartbeatsDetectorTests {

	private static final long OWN_INTERVAL = Duration.ofSeconds(20).toNanos();

	private final TwoHeartbeatsDetector detector = new TwoHeartbeatsDetector();

	private CapturedOutput output;

	@BeforeEach
	void capture(CapturedOutput output) {
		this.output = output;
	}

	@Test
	void anApplicationThatPingsBesideUsIsToldOnceForItsEndpoint() {
		assertThat(applicationPings("a", "/ws", 10, 3, OWN_INTERVAL).count()).isEqualTo(3);
		applicationPings("b", "/ws", 10, 3, OWN_INTERVAL);
		assertThat(warnings()).isEqualTo(1);
		assertThat(this.output).contains(
				"Two heartbeats on connections of /ws: the application pings every 10.0s, websocket-keepalive every "
						+ "20.0s. Remove one of them",
				"First seen on connection a");
		applicationPings("c", "/other", 5, 3, OWN_INTERVAL);
		assertThat(warnings()).isEqualTo(2);
	}

	@Test
	void anApplicationThatPingsSeldomOrAloneIsNot() {
		applicationPings("a", "/ws", 10, 2, OWN_INTERVAL);
		applicationPings("b", "/ws", 10, 5, -1);
		assertThat(warnings()).isZero();
	}

	@Test
	void anApplicationWhoseEndpointIsUnknownMayPassOnPingsOfAServerBehindIt() {
		assertThat(applicationPings("a", WebSocketConnection.UNKNOWN_ENDPOINT, 10, 3, OWN_INTERVAL).count())
			.isEqualTo(3);
		assertThat(warnings()).isZero();
	}

	@Test
	void aPeerThatPingsUsIsCountedOnly() {
		ForeignPings pings = new ForeignPings();
		pings.received();
		pings.received();
		assertThat(pings.count()).isEqualTo(2);
		assertThat(warnings()).isZero();
	}

	@Test
	void theNumberOfWarningsIsBounded() {
		for (int i = 0; i < 1100; i++) {
			applicationPings("a", "/" + i, 5, 3, OWN_INTERVAL);
		}
		assertThat(warnings()).isEqualTo(1000);
	}

	private ForeignPings applicationPings(String id, String endpoint, int seconds, int times, long ownInterval) {
		ForeignPings pings = new ForeignPings();
		for (int i = 0; i < times; i++) {
			pings.sent(StubConnection.withId(id).endpoint(endpoint), ownInterval,
					Duration.ofSeconds((long) i * seconds).toNanos(), this.detector);
		}
		return pings;
	}

	private long warnings() {
		return this.output.toString()
			.lines()
			.filter((line) -> line.contains("Two heartbeats") && line.contains("WARN"))
			.count();
	}

}
