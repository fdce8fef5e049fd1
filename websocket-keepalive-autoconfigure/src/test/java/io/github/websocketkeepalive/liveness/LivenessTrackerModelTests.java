package io.github.websocketkeepalive.liveness;

import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.fail;

/**
 * Drives {@link LivenessTracker} through random worlds and compares what it decides with
 * a naive account of what has happened. A failure tells the seed; give it as the system
 * property {@code seed} to see it again.
 */
class LivenessTrackerModelTests {

	private static final int SWEEPS = 700_000;

	private static final int SWEEPS_PER_WORLD = 500;

	private final long seed = Long.getLong("seed", System.nanoTime());

	private final SplittableRandom random = new SplittableRandom(this.seed);

	private int sweeps;

	@Test
	void aPeerHeardWithinEveryTimeoutIsNeverGivenUp() {
		run(() -> {
			World world = new World();
			world.longestSilence = world.policy.timeoutNanos();
			world.lossy = false;
			for (int i = 0; i < SWEEPS_PER_WORLD; i++) {
				world.disturb();
				world.sweep();
			}
			world.expect(world.end == null, "a peer that is heard lives");
		});
	}

	@Test
	void aPeerThatFallsSilentIsGivenUpInTime() {
		run(() -> {
			World world = new World();
			for (int i = this.random.nextInt(SWEEPS_PER_WORLD); i > 0 && world.end == null; i--) {
				world.disturb();
				world.sweep();
			}
			if (world.end == null) {
				world.fallSilent();
				long silentAt = world.now;
				LivenessPolicy policy = world.policy;
				int intervals = (policy.mode() == PingMode.ALWAYS) ? 1 : 2;
				long latest = silentAt + intervals * policy.intervalNanos() + policy.timeoutNanos()
						+ (intervals + 1) * world.longestSweep() + world.longestVerdict();
				while (world.end == null && world.now <= latest) {
					world.sweep();
				}
				boolean pinged = policy.mode() != PingMode.NEVER;
				world.expect(pinged == (world.end == LivenessDecision.CLOSE), "who is pinged and silent dies");
				world.expect(!pinged || world.endedAt <= latest, "in time");
				world.expect(!pinged || world.endedAt >= silentAt + policy.timeoutNanos(), "not too soon");
			}
		});
	}

	@Test
	void everyRuleHoldsWhateverHappens() {
		run(() -> {
			World world = new World();
			for (int i = 0; i < SWEEPS_PER_WORLD && world.end == null; i++) {
				world.disturb();
				world.sweep();
			}
		});
	}

	@Test
	void aClosingConnectionEndsInTime() {
		run(() -> {
			World world = new World();
			for (int i = this.random.nextInt(SWEEPS_PER_WORLD); i > 0 && world.end == null; i--) {
				world.disturb();
				world.sweep();
			}
			if (world.end == null) {
				world.startClosing(this.random.nextInt(3) * 100);
				long closingAt = world.now;
				long progressEndsAt = closingAt + this.random.nextLong(2 * world.policy.heldLimitNanos());
				while (world.end == null) {
					if (world.now < progressEndsAt && world.pending > 0) {
						world.pending = Math.max(1, world.pending - 1);
					}
					world.sweep();
				}
				LivenessPolicy policy = world.policy;
				world.expect(world.end == LivenessDecision.RESET, "a hung closing handshake is reset");
				world.expect(world.endedAt >= closingAt + policy.closeTimeoutNanos(), "not too soon");
				world.expect(world.endedAt <= closingAt + policy.heldLimitNanos() + policy.closeTimeoutNanos()
						+ 2 * world.longestSweep(), "in time");
			}
		});
	}

	private void run(Runnable world) {
		while (this.sweeps < SWEEPS) {
			world.run();
		}
	}

	/**
	 * A connection, its peer and its event loop; and what the rules say about them.
	 */
	private final class World {

		private static final long NEVER = Long.MAX_VALUE;

		private final SplittableRandom random = LivenessTrackerModelTests.this.random;

		private final LivenessPolicy policy = randomPolicy();

		private final long period = 1 + this.policy.shortestNanos() / 4;

		private long now = this.random.nextLong(1_000_000);

		private final LivenessTracker tracker = new LivenessTracker(this.policy, this.now, this.random.nextDouble());

		// The world

		private long longestSilence = 1 + this.random.nextLong(4 * this.policy.intervalNanos());

		private boolean lossy = true;

		private boolean silent;

		private boolean writable = true;

		private boolean reading = true;

		private long received;

		private long pending;

		private long nextByteAt = this.now;

		private long flushAt = NEVER;

		private long verdictAt = NEVER;

		private long closingAt = NEVER;

		// What the rules are about

		private boolean pinged;

		private boolean heldSincePing;

		private long lastByteAt = this.now;

		private long receivedAtPing;

		private long flushedAt = NEVER;

		private long heldAt = NEVER;

		private LivenessDecision end;

		private long endedAt;

		void disturb() {
			if (oneIn(10)) {
				this.writable = this.random.nextBoolean();
			}
			if (oneIn(10)) {
				this.reading = this.random.nextBoolean();
			}
			if (oneIn(50) && this.now < this.tracker.dueAt()) {
				LivenessDecision early = check();
				expect(early == LivenessDecision.WAIT || early == LivenessDecision.SEND_PING,
						"no harm before it is due");
				decide(early);
			}
		}

		void fallSilent() {
			receive(this.now);
			this.silent = true;
			this.nextByteAt = NEVER;
			this.writable = true;
			this.reading = true;
			if (this.flushAt != NEVER) {
				flush(this.now);
			}
		}

		void startClosing(long pending) {
			this.pending = pending;
			this.closingAt = this.now;
			this.flushAt = NEVER;
			this.tracker.closing(this.now, pending);
		}

		void sweep() {
			LivenessTrackerModelTests.this.sweeps++;
			long next = this.now + this.period + this.random.nextLong(1 + this.period / 2);
			for (long at = nextEvent(); at <= next && this.end == null; at = nextEvent()) {
				happen(at);
			}
			this.now = next;
			if (this.end == null && this.tracker.dueAt() <= this.now) {
				decide(check());
			}
			boolean held = this.tracker.heldBy() != null;
			expect(held == (this.tracker.liveness() == Liveness.HELD), "held has a reason");
			expect(this.end != null || this.heldAt == NEVER || this.now - this.heldAt <= longestHold(),
					"a hold has an end");
		}

		private LivenessDecision check() {
			return this.tracker.check(this.now, this.received, this.writable, this.pending);
		}

		private long nextEvent() {
			return Math.min(this.nextByteAt, Math.min(this.flushAt, this.verdictAt));
		}

		private void happen(long at) {
			if (at == this.nextByteAt) {
				receive(at);
				this.nextByteAt = at + 1 + this.random.nextLong(this.longestSilence);
			}
			else if (at == this.flushAt) {
				flush(at);
			}
			else {
				this.verdictAt = NEVER;
				judge(at);
			}
		}

		private void receive(long at) {
			this.received += 1 + this.random.nextInt(100);
			this.lastByteAt = at;
			this.heldAt = NEVER;
			if (oneIn(3)) {
				this.tracker.pongReceived(this.received);
			}
		}

		private void flush(long at) {
			this.flushAt = NEVER;
			this.flushedAt = at;
			this.tracker.pingFlushed(at, this.received);
		}

		private void decide(LivenessDecision decision) {
			switch (decision) {
				case WAIT -> {
				}
				case SEND_PING -> {
					expect(this.policy.mode() != PingMode.NEVER, "no pings in mode never");
					expect(this.writable, "no ping while it cannot be written");
					expect(this.closingAt == NEVER, "no ping while closing");
					expect(!this.pinged || this.received != this.receivedAtPing || this.heldSincePing,
							"one ping awaited at most");
					this.pinged = true;
					this.heldSincePing = false;
					this.receivedAtPing = this.received;
					this.flushedAt = NEVER;
					this.flushAt = this.now + (this.silent ? 0 : randomDelay());
					if (this.flushAt == this.now) {
						flush(this.now);
					}
				}
				case SUSPECT -> {
					expect(this.flushedAt == NEVER || this.now - this.flushedAt >= this.policy.timeoutNanos()
							|| !this.writable, "no suspicion before the timeout");
					if (this.verdictAt == NEVER) {
						this.verdictAt = this.now + 1 + this.random.nextLong(longestVerdict());
					}
				}
				case RESET -> {
					expect(this.closingAt != NEVER, "only what is closing or dead is reset");
					end(LivenessDecision.RESET, this.now);
				}
				default -> expect(false, "a check gives no " + decision);
			}
		}

		private void judge(long at) {
			Evidence evidence = this.silent ? randomOf(Evidence.UNKNOWN, Evidence.DELIVERED)
					: randomOf(Evidence.values());
			evidence = (evidence == Evidence.LOST && !this.lossy) ? Evidence.STUCK : evidence;
			boolean progress = evidence == Evidence.DELIVERING || evidence == Evidence.RECEIVING
					|| (evidence == Evidence.DELIVERED && !this.reading);
			LivenessDecision verdict = this.tracker.verdict(at, this.received, this.reading, evidence);
			if (verdict == LivenessDecision.HOLD) {
				this.heldAt = (this.heldAt == NEVER || progress) ? at : this.heldAt;
				this.heldSincePing = true;
				expect(at - this.heldAt < this.policy.heldLimitNanos(), "no hold beyond its limit");
				HoldReason doubt = (evidence == Evidence.RECEIVING) ? HoldReason.LOCAL_STALL : HoldReason.SLOW_PEER;
				expect(this.tracker.heldBy() == (this.reading ? doubt : HoldReason.BACKPRESSURE),
						"a hold has the right reason");
			}
			else if (verdict == LivenessDecision.CLOSE) {
				boolean limit = this.heldAt != NEVER && at - this.heldAt >= this.policy.heldLimitNanos();
				boolean silence = this.reading && this.flushedAt != NEVER
						&& at - this.flushedAt >= this.policy.timeoutNanos() && evidence != Evidence.STUCK
						&& evidence != Evidence.DELIVERING && evidence != Evidence.RECEIVING;
				expect(at - this.lastByteAt >= this.policy.timeoutNanos(), "no death soon after a sign of life");
				expect(evidence == Evidence.LOST || limit || silence, "no death without proof");
				if (this.tracker.heldBy() == null && !this.silent && oneIn(3)) {
					this.tracker.defer(at, HoldReason.MASS_SUSPICION);
					this.heldAt = at;
					this.heldSincePing = true;
				}
				else {
					this.tracker.die(at);
					end(LivenessDecision.CLOSE, at);
				}
			}
			else {
				expect(verdict == LivenessDecision.WAIT, "a verdict is no " + verdict);
			}
		}

		private void end(LivenessDecision how, long at) {
			this.end = how;
			this.endedAt = at;
			expect(this.tracker.liveness() == Liveness.DEAD, "who is given up is dead");
		}

		/**
		 * A hold ends with a verdict, and the next one comes when a ping was due, written
		 * and flushed, each of which can take its time.
		 * @return an upper bound
		 */
		private long longestHold() {
			return this.policy.heldLimitNanos() + 2 * this.policy.intervalNanos() + 3 * this.policy.timeoutNanos()
					+ 6 * longestSweep();
		}

		private long longestSweep() {
			return this.period + this.period / 2;
		}

		private long longestVerdict() {
			return 1 + this.period / 4;
		}

		private long randomDelay() {
			return oneIn(2) ? 0 : this.random.nextLong(3 * this.policy.timeoutNanos());
		}

		private LivenessPolicy randomPolicy() {
			return new LivenessPolicy(randomOf(PingMode.values()), randomPeriod(), randomPeriod(), randomPeriod(),
					10 * randomPeriod());
		}

		private long randomPeriod() {
			return 8 + this.random.nextLong(oneIn(2) ? 100 : 1000);
		}

		@SafeVarargs
		private <T> T randomOf(T... values) {
			return values[this.random.nextInt(values.length)];
		}

		private boolean oneIn(int times) {
			return this.random.nextInt(times) == 0;
		}

		private void expect(boolean fulfilled, String rule) {
			if (!fulfilled) {
				fail("Broken rule: %s (seed %d, sweep %d, now %d, %s)", rule, LivenessTrackerModelTests.this.seed,
						LivenessTrackerModelTests.this.sweeps, this.now, this.policy);
			}
		}

	}

}
