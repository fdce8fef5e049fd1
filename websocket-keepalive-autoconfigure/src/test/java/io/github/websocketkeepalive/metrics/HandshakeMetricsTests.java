package io.github.websocketkeepalive.metrics;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.test.StubConnection;

import static org.assertj.core.api.Assertions.assertThat;

class HandshakeMetricsTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final HandshakeMetrics metrics = new HandshakeMetrics(this.registry);

	@Test
	void nothingIsAcceptedAtFirst() {
		assertThat(accepted()).isZero();
		assertThat(this.registry.find("websocket.handshakes.rejected").counters()).isEmpty();
	}

	@Test
	void handshakesThatTheServerAcceptsAreCounted() {
		this.metrics.onOpened(StubConnection.withId("a"));
		this.metrics.onOpened(StubConnection.withId("b"));
		assertThat(accepted()).isEqualTo(2);
	}

	@Test
	void whatThisProcessOpensItselfIsNotCounted() {
		this.metrics.onOpened(StubConnection.withId("a").role(Role.CLIENT));
		assertThat(accepted()).isZero();
	}

	@Test
	void refusalsAreCountedByReasonAndNotByAddress() {
		this.metrics.onRejected("rate", null);
		this.metrics.onRejected("rate", StubConnection.withId("a").getRemoteAddress());
		this.metrics.onRejected("origin", null);
		assertThat(rejected("rate")).isEqualTo(2);
		assertThat(rejected("origin")).isOne();
		assertThat(this.registry.get("websocket.handshakes.rejected").counters()).hasSize(2);
	}

	private double accepted() {
		return this.registry.get("websocket.handshakes.accepted").counter().count();
	}

	private double rejected(String reason) {
		return this.registry.get("websocket.handshakes.rejected").tag("reason", reason).counter().count();
	}

}
