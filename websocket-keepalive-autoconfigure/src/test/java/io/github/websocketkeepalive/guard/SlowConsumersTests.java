package io.github.websocketkeepalive.guard;

import io.netty.channel.Channel;
import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ManagedConnection;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;

/**
 * Tests for {@link SlowConsumers}.
 */
class SlowConsumersTests {

	private static final GuardPolicy POLICY = GuardPolicy.DEFAULT;

	private static final long TOO_MUCH = POLICY.maxPendingOutput() + 1;

	private SlowConsumers slowConsumers = new SlowConsumers(POLICY);

	@Test
	void aConnectionThatTakesNothingForTheTimeoutIsClosedOnce() {
		ManagedConnection stuck = add(mock(Channel.class), TOO_MUCH);
		sweepUpTo(POLICY.slowConsumerTimeoutNanos() - 1);
		then(stuck).should(never()).close(any(), anyInt(), any());
		sweepUpTo(3 * POLICY.slowConsumerTimeoutNanos());
		then(stuck).should(times(1)).close(CloseCause.SLOW_CONSUMER, 1013, "slow consumer");
	}

	@Test
	void aConnectionIsClosedWithTheCodeOfThePolicy() {
		this.slowConsumers = new SlowConsumers(POLICY.withCloseCodes(4001, 1012));
		ManagedConnection stuck = add(mock(Channel.class), TOO_MUCH);
		sweepUpTo(3 * POLICY.slowConsumerTimeoutNanos());
		then(stuck).should(times(1)).close(CloseCause.SLOW_CONSUMER, 4001, "slow consumer");
	}

	@Test
	void eachOfManyIsJudgedByItself() {
		ManagedConnection first = add(mock(Channel.class), TOO_MUCH);
		ManagedConnection small = add(mock(Channel.class), TOO_MUCH - 1);
		ManagedConnection last = add(mock(Channel.class), TOO_MUCH);
		sweepUpTo(3 * POLICY.slowConsumerTimeoutNanos());
		then(first).should(times(1)).close(any(), anyInt(), any());
		then(small).should(never()).close(any(), anyInt(), any());
		then(last).should(times(1)).close(any(), anyInt(), any());
	}

	@Test
	void whatIsWritableAgainIsForgottenUntilItIsFullOnceMore() {
		Channel channel = mock(Channel.class);
		ManagedConnection connection = add(channel, TOO_MUCH);
		this.slowConsumers.sweep(0);
		given(channel.isWritable()).willReturn(true);
		this.slowConsumers.sweep(1);
		given(channel.isWritable()).willReturn(false);
		sweepUpTo(3 * POLICY.slowConsumerTimeoutNanos());
		then(connection).should(never()).close(any(), anyInt(), any());
		this.slowConsumers.add(connection, channel, () -> false);
		sweepUpTo(3 * POLICY.slowConsumerTimeoutNanos());
		then(connection).should(times(1)).close(any(), anyInt(), any());
	}

	@Test
	void whoIsAddedTwiceIsJudgedOnce() {
		Channel channel = mock(Channel.class);
		ManagedConnection connection = add(channel, TOO_MUCH);
		this.slowConsumers.add(connection, channel, () -> false);
		sweepUpTo(3 * POLICY.slowConsumerTimeoutNanos());
		then(connection).should(times(1)).close(any(), anyInt(), any());
	}

	private ManagedConnection add(Channel channel, long pending) {
		ManagedConnection connection = mock(ManagedConnection.class);
		given(connection.getPendingBytes()).willReturn(pending);
		given(channel.isOpen()).willReturn(true);
		this.slowConsumers.add(connection, channel, () -> false);
		return connection;
	}

	private void sweepUpTo(long nanos) {
		for (long now = 0; now <= nanos; now += POLICY.slowConsumerTimeoutNanos() / 4) {
			this.slowConsumers.sweep(now);
		}
	}

}
