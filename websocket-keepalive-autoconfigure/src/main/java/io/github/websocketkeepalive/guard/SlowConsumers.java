package io.github.websocketkeepalive.guard;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ManagedConnection;

/**
 * The connections of one event loop whose output is full. Only these are looked at.
 * Confined to its event loop.
 */
public final class SlowConsumers {

	private final List<Blocked> blocked = new ArrayList<>(0);

	private final Set<Channel> channels = new HashSet<>();

	private final GuardPolicy policy;

	/**
	 * Create the slow consumers of an event loop.
	 * @param policy how much output may wait
	 */
	public SlowConsumers(GuardPolicy policy) {
		this.policy = policy;
	}

	/**
	 * Look at a connection from now on, until it is writable again.
	 * @param connection the connection
	 * @param channel its channel, which has just become unwritable
	 * @param acknowledging tells, since it was last asked, whether the peer's host has
	 * acknowledged output; costly, so only asked before a verdict
	 */
	public void add(ManagedConnection connection, Channel channel, BooleanSupplier acknowledging) {
		if (this.channels.add(channel)) {
			this.blocked.add(new Blocked(connection, channel, acknowledging));
		}
	}

	/**
	 * Close those that have not taken their output for too long.
	 * @param now the present instant of the event loop, which does not run while it is
	 * stalled
	 */
	public void sweep(long now) {
		for (int i = this.blocked.size() - 1; i >= 0; i--) {
			Blocked blocked = this.blocked.get(i);
			if (blocked.isOver()) {
				remove(i);
			}
			else if (blocked.isStuck(now, this.policy)) {
				remove(i);
				blocked.connection.close(CloseCause.SLOW_CONSUMER, this.policy.slowConsumerCode(), "slow consumer");
			}
		}
	}

	// The last one, which was looked at already, takes the place.
	private void remove(int index) {
		Blocked last = this.blocked.remove(this.blocked.size() - 1);
		Blocked removed = (index < this.blocked.size()) ? this.blocked.set(index, last) : last;
		this.channels.remove(removed.channel);
	}

	private static final class Blocked {

		private final ManagedConnection connection;

		private final Channel channel;

		private final BooleanSupplier acknowledging;

		private @Nullable OutputBacklog backlog;

		Blocked(ManagedConnection connection, Channel channel, BooleanSupplier acknowledging) {
			this.connection = connection;
			this.channel = channel;
			this.acknowledging = acknowledging;
		}

		boolean isOver() {
			return !this.channel.isOpen() || this.channel.isWritable() || this.connection.isClosing();
		}

		boolean isStuck(long now, GuardPolicy policy) {
			long pending = this.connection.getPendingBytes();
			OutputBacklog backlog = this.backlog;
			if (pending <= policy.maxPendingOutput()) {
				this.backlog = null;
			}
			else if (backlog == null) {
				this.backlog = new OutputBacklog(now, pending);
				this.acknowledging.getAsBoolean();
			}
			else if (backlog.isStuck(now, pending, policy)) {
				backlog.restart(now);
				return !this.acknowledging.getAsBoolean();
			}
			return false;
		}

	}

}
