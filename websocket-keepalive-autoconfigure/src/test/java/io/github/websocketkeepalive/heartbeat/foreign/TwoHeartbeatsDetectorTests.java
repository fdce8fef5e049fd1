package io.github.websocketkeepalive.heartbeat.foreign;

import java.net.InetSocketAddress;
import java.time.Duration;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.github.websocketkeepalive.connection.Role;
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
	void aPeerThatPingsUsIsNormal() {
		assertThat(clientPings(client("a", "/ws", "192.0.2.1"), 20, 5).count()).isEqualTo(5);
		assertThat(warnings()).isZero();
	}

	@Test
	void clientsAtOneAddressWithDifferentIntervalsAreToldOnceForTheirEndpoint() {
		clientPings(client("a", "/ws", "192.0.2.1"), 20, 3);
		clientPings(client("b", "/ws", "192.0.2.1"), 25, 3);
		assertThat(warnings()).isZero();
		clientPings(client("c", "/ws", "192.0.2.1"), 5, 3);
		clientPings(client("d", "/ws", "192.0.2.1"), 5, 3);
		assertThat(warnings()).isEqualTo(1);
		assertThat(this.output).contains("Two heartbeats of clients at 192.0.2.1 on /ws: connection a pings every "
				+ "20.0s, connection c every 5.0s.");
	}

	@Test
	void differentAddressesAndEndpointsAreNotCompared() {
		clientPings(client("a", "/ws", "192.0.2.1"), 20, 3);
		clientPings(client("b", "/ws", "192.0.2.2"), 5, 3);
		clientPings(client("c", "/other", "192.0.2.1"), 5, 3);
		clientPings(client("d", "/ws", "192.0.2.1").role(Role.CLIENT), 5, 3);
		clientPings(client("e", "/ws", "192.0.2.1").remoteAddress(null), 5, 3);
		assertThat(warnings()).isZero();
	}

	@Test
	void aConnectionThatHasEndedIsNotCompared() {
		WebSocketConnection first = client("a", "/ws", "192.0.2.1");
		clientPings(first, 20, 3);
		this.detector.closed(client("b", "/ws", "192.0.2.1"));
		this.detector.closed(first);
		clientPings(client("c", "/ws", "192.0.2.1"), 5, 3);
		assertThat(warnings()).isZero();
		clientPings(client("d", "/ws", "192.0.2.1"), 20, 3);
		assertThat(warnings()).isEqualTo(1);
	}

	@Test
	void aClientThatChangesItsIntervalIsComparedByItsLast() {
		WebSocketConnection first = client("a", "/ws", "192.0.2.1");
		clientPings(first, 20, 3);
		clientPings(first, 5, 3);
		clientPings(client("b", "/ws", "192.0.2.1"), 5, 3);
		assertThat(warnings()).isZero();
	}

	@Test
	void whatItKeepsIsBounded() {
		for (int i = 0; i < 1000; i++) {
			clientPings(client("a" + i, "/ws", "host-" + i), 20, 3);
		}
		clientPings(client("b", "/ws", "one too many"), 20, 3);
		clientPings(client("c", "/ws", "one too many"), 5, 3);
		assertThat(warnings()).isZero();
		clientPings(client("d", "/ws", "host-7"), 5, 3);
		assertThat(warnings()).isEqualTo(1);
		for (int i = 0; i < 1100; i++) {
			applicationPings("e", "/" + i, 5, 3, OWN_INTERVAL);
		}
		assertThat(warnings()).isEqualTo(1001);
	}

	private ForeignPings applicationPings(String id, String endpoint, int seconds, int times, long ownInterval) {
		ForeignPings pings = new ForeignPings();
		for (int i = 0; i < times; i++) {
			pings.sent(client(id, endpoint, "192.0.2.1"), ownInterval, Duration.ofSeconds((long) i * seconds).toNanos(),
					this.detector);
		}
		return pings;
	}

	private ForeignPings clientPings(WebSocketConnection connection, int seconds, int times) {
		ForeignPings pings = new ForeignPings();
		for (int i = 0; i < times; i++) {
			pings.received(connection, Duration.ofSeconds((long) i * seconds).toNanos(), this.detector);
		}
		return pings;
	}

	private static StubConnection client(String id, String endpoint, String host) {
		return StubConnection.withId(id)
			.endpoint(endpoint)
			.remoteAddress(InetSocketAddress.createUnresolved(host, 4711));
	}

	private long warnings() {
		return this.output.toString()
			.lines()
			.filter((line) -> line.contains("Two heartbeats") && line.contains("WARN"))
			.count();
	}

}
