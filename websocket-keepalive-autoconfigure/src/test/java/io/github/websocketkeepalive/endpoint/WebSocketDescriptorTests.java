package io.github.websocketkeepalive.endpoint;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.liveness.Liveness;
import io.github.websocketkeepalive.test.StubConnection;

import static org.assertj.core.api.Assertions.assertThat;

class WebSocketDescriptorTests {

	private final StubConnection connection = StubConnection.withId("id");

	@Test
	void addressIsHostAndPort() {
		this.connection.remoteAddress(new InetSocketAddress("2001:db8::7", 40112));
		assertThat(describe().remoteAddress()).isEqualTo("[2001:db8:0:0:0:0:0:7]:40112");
	}

	@Test
	void addressThatIsNotKnownIsNull() {
		assertThat(describe().remoteAddress()).isNull();
	}

	@Test
	void ageCountsFromTheHandshake() {
		this.connection.openedAt(Instant.now().minus(Duration.ofHours(1)));
		assertThat(describe().ageMillis()).isBetween(Duration.ofHours(1).toMillis(), Duration.ofHours(2).toMillis());
	}

	@Test
	void roundTripTimeIsInMillisecondsToTheMicrosecond() {
		this.connection.rtt(Duration.ofNanos(1_234_567));
		assertThat(describe().rttMillis()).isEqualTo(1.234);
	}

	@Test
	void roundTripTimeIsNullBeforeTheFirstPong() {
		assertThat(describe().rttMillis()).isNull();
	}

	@Test
	void heldByIsTheReasonOfAHeldConnection() {
		this.connection.heldBy(HoldReason.SLOW_PEER);
		assertThat(describe().liveness()).isEqualTo(Liveness.HELD);
		assertThat(describe().heldBy()).isEqualTo("slow-peer");
	}

	@Test
	void heldByIsNullForAConnectionThatIsNotHeld() {
		assertThat(describe().heldBy()).isNull();
	}

	private WebSocketDescriptor describe() {
		return WebSocketDescriptor.of(this.connection);
	}

}
