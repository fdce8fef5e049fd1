package io.github.websocketkeepalive.connection;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.test.Listening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

/**
 * Tests for {@link ConnectionRegistry}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConnectionRegistryTests {

	private final List<String> events = new ArrayList<>();

	private final ConnectionRegistry registry = new ConnectionRegistry(Listening.by(ConnectionListener.class,
			new Recorder("first"), new FailingListener(), new Recorder("second")));

	@Test
	void anOpenConnectionIsFoundByBothIds() {
		ManagedConnection connection = open("session-1");
		assertThat(this.registry.find(ConnectionId.of("session-1"))).containsSame(connection);
		assertThat(this.registry.find("session-1")).containsSame(connection);
		assertThat(this.registry.find("session-2")).isEmpty();
	}

	@Test
	void openConnectionsAreStreamedAndCounted() {
		ManagedConnection first = open("session-1");
		ManagedConnection second = open("session-2");
		assertThat(this.registry.stream()).containsExactlyInAnyOrder(first, second);
		assertThat(this.registry.count()).isEqualTo(2);
		this.registry.closed(first, CloseCause.EOF, 1006);
		assertThat(this.registry.stream()).containsExactly(second);
		assertThat(this.registry.count()).isEqualTo(1);
	}

	@Test
	void aClosedConnectionDoesNotRemoveItsSuccessor() {
		ManagedConnection predecessor = open("session-1");
		ManagedConnection successor = open("session-1");
		this.registry.closed(predecessor, CloseCause.EOF, 1006);
		assertThat(this.registry.find("session-1")).containsSame(successor);
	}

	@Test
	void aConnectionIsClosedByEitherIdAndNoOtherIs() {
		ManagedConnection connection = open("session-1");
		ManagedConnection other = open("session-2");
		assertThat(this.registry.close("session-1", 1000, "bye")).isTrue();
		assertThat(this.registry.close(ConnectionId.of("session-1"), 4000, "")).isTrue();
		then(connection).should().close(CloseCause.OPERATOR, 1000, "bye");
		then(connection).should().close(CloseCause.OPERATOR, 4000, "");
		then(other).should(never()).close(any(), anyInt(), any());
	}

	@Test
	void whatIsNotOpenCannotBeClosed() {
		assertThat(this.registry.close("session-1", 1000, "bye")).isFalse();
	}

	@ParameterizedTest
	@ValueSource(
			ints = { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999 })
	void aCodeThatMayBeSentIsTaken(int code) {
		ManagedConnection connection = open("session-1");
		this.registry.close("session-1", code, "");
		then(connection).should().close(CloseCause.OPERATOR, code, "");
	}

	@ParameterizedTest
	@ValueSource(ints = { Integer.MIN_VALUE, -1, 0, 999, 1004, 1005, 1006, 1015, 1016, 1999, 2000, 2999, 5000,
			Integer.MAX_VALUE })
	void aCodeThatMayNotBeSentIsRefused(int code) {
		ManagedConnection connection = open("session-1");
		assertThatIllegalArgumentException().isThrownBy(() -> this.registry.close("session-1", code, ""))
			.withMessageContaining("Close code " + code + " may not be sent");
		then(connection).should(never()).close(any(), anyInt(), any());
	}

	@ParameterizedTest
	@ValueSource(strings = { "x", "\u00e4", "\u20ac", "\ud83d\ude00" })
	void aReasonHasAtMost123BytesInUtf8(String text) {
		open("session-1");
		int bytes = text.getBytes(StandardCharsets.UTF_8).length;
		String longest = text.repeat(123 / bytes);
		assertThat(this.registry.close("session-1", 1000, longest)).isTrue();
		assertThatIllegalArgumentException().isThrownBy(() -> this.registry.close("session-1", 1000, longest + text))
			.withMessageContaining("123 bytes");
	}

	@Test
	void listenersAreToldInOrderThoughOneAmongThemFails(CapturedOutput output) {
		ManagedConnection connection = open("session-1");
		this.registry.pinged(connection, 7);
		this.registry.ponged(connection, 7, 42);
		this.registry.held(connection, HoldReason.BACKPRESSURE);
		this.registry.closed(connection, CloseCause.RESET, 1006);
		assertThat(this.events).containsExactly("first opened", "second opened", "first ping 7", "second ping 7",
				"first pong 7 42", "second pong 7 42", "first held BACKPRESSURE", "second held BACKPRESSURE",
				"first closed RESET 1006 0", "second closed RESET 1006 0");
		assertThat(output).contains(FailingListener.class.getName() + " has failed");
	}

	@Test
	void aListenerNeedsToOverrideNothing() {
		ConnectionRegistry registry = new ConnectionRegistry(
				Listening.by(ConnectionListener.class, new ConnectionListener() {
				}));
		ManagedConnection connection = connection("session-1");
		registry.opened(connection);
		registry.pinged(connection, 1);
		registry.ponged(connection, 1, -1);
		registry.held(connection, HoldReason.SLOW_PEER);
		registry.closed(connection, CloseCause.DRAIN, 1012);
		assertThat(registry.count()).isZero();
	}

	private ManagedConnection open(String sessionId) {
		ManagedConnection connection = connection(sessionId);
		this.registry.opened(connection);
		return connection;
	}

	private static ManagedConnection connection(String sessionId) {
		ManagedConnection connection = mock(ManagedConnection.class);
		given(connection.getId()).willReturn(ConnectionId.of(sessionId));
		return connection;
	}

	private final class Recorder implements ConnectionListener {

		private final String name;

		Recorder(String name) {
			this.name = name;
		}

		@Override
		public void onOpened(WebSocketConnection connection) {
			record("opened");
		}

		@Override
		public void onPing(WebSocketConnection connection, int sequence) {
			record("ping " + sequence);
		}

		@Override
		public void onPong(WebSocketConnection connection, int sequence, long rttNanos) {
			record("pong " + sequence + " " + rttNanos);
		}

		@Override
		public void onHeld(WebSocketConnection connection, HoldReason reason) {
			record("held " + reason);
		}

		@Override
		public void onClosed(WebSocketConnection connection, CloseCause cause, int code) {
			record("closed " + cause + " " + code + " " + ConnectionRegistryTests.this.registry.count());
		}

		private void record(String event) {
			ConnectionRegistryTests.this.events.add(this.name + " " + event);
		}

	}

	private static final class FailingListener implements ConnectionListener {

		@Override
		public void onOpened(WebSocketConnection connection) {
			throw new IllegalStateException("opened");
		}

		@Override
		public void onPing(WebSocketConnection connection, int sequence) {
			throw new IllegalStateException("ping");
		}

		@Override
		public void onPong(WebSocketConnection connection, int sequence, long rttNanos) {
			throw new IllegalStateException("pong");
		}

		@Override
		public void onHeld(WebSocketConnection connection, HoldReason reason) {
			throw new IllegalStateException("held");
		}

		@Override
		public void onClosed(WebSocketConnection connection, CloseCause cause, int code) {
			throw new IllegalStateException("closed");
		}

	}

}
