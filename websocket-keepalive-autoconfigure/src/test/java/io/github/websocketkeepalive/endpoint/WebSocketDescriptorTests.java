package io.github.websocketkeepalive.endpoint;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;

import io.netty.channel.unix.DomainSocketAddress;
import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.liveness.Liveness;
import io.github.websocketkeepalive.test.StubConnection;

import static org.assertj.core.api.Assertions.assertThat;

class WebSocketDescriptorTests {

	private final StubConnection connection = StubConnection.withId("id");

	@Test
	void addressOfIpv4IsHostAndPort() {
		this.connection.remoteAddress(new InetSocketAddress("192.0.2.7", 40112));
		assertThat(describe().remoteAddress()).isEqualTo("192.0.2.7:40112");
	}

	@Test
	void addressOfIpv6IsInBrackets() {
		this.connection.remoteAddress(new InetSocketAddress("2001:db8::7", 40112));
		assertThat(describe().remoteAddress()).isEqualTo("[2001:db8:0:0:0:0:0:7]:40112");
	}

	@Test
	void addressThatIsNotResolvedKeepsItsName() {
		this.connection.remoteAddress(InetSocketAddress.createUnresolved("client.example", 40112));
		assertThat(describe().remoteAddress()).isEqualTo("client.example:40112");
	}

	@Test
	void ipv6AddressThatIsNotResolvedIsInBrackets() {
		this.connection.remoteAddress(InetSocketAddress.createUnresolved("2001:db8::7", 40112));
		assertThat(describe().remoteAddress()).isEqualTo("[2001:db8::7]:40112");
	}

	@Test
	void addressOfAnotherKindIsItsText() {
		this.connection.remoteAddress(new DomainSocketAddress("/run/app.sock"));
		assertThat(describe().remoteAddress()).isEqualTo("/run/app.sock");
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
