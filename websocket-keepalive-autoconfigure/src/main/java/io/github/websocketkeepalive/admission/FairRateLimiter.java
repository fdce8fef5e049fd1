package io.github.websocketkeepalive.admission;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Lets through so many handshakes a second, and gives those it refuses places in a line
 * that serves the waiting addresses in turn: an address that comes often waits behind
 * itself, not in front of others. May be used by many threads, which wait for each other
 * for microseconds.
 *
 * <p>
 * The line is served somewhat slower than the rate. An address whose turn has come has a
 * token reserved for a while, which nobody takes who is new or has many places and comes
 * before its turn. Memory is fixed, however many addresses there are: they share a table
 * by a hash that nobody outside can guess (stochastic fairness queueing), and one that
 * shares its entry with another waits behind that one too.
 */
final class FairRateLimiter {

	/**
	 * What is returned when a handshake is let through.
	 */
	static final long ADMITTED = 0;

	/**
	 * How much slower than the rate clients come back, so that the few who come late, and
	 * those who come anew, do not push the others back into the line.
	 */
	private static final double LINE_SLACK = 1.1;

	/**
	 * Nobody is sent away for longer, however many come.
	 */
	private static final long LONGEST_LINE_NANOS = Duration.ofMinutes(5).toNanos();

	/**
	 * How late a client may come: those that know only {@code Retry-After} round up to
	 * whole seconds.
	 */
	private static final long GRACE_NANOS = Duration.ofSeconds(2).toNanos();

	private static final double NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

	private static final long NANOS_PER_MILLI = Duration.ofMillis(1).toNanos();

	private static final int ENTRIES = 4096;

	/**
	 * An address with so many places is served in the order in which it came, so that
	 * those of a few clients each, or of a shared entry, form one even line.
	 */
	private static final int FEW = 4;

	private final TokenBucket tokens;

	private final long share;

	private final LongSupplier clock;

	private final DoubleSupplier random;

	private final int seed;

	/**
	 * How many places each entry has in the line.
	 */
	private final int[] places = new int[ENTRIES];

	/**
	 * When the turn of its first place is. Means something only where there is a place.
	 */
	private final long[] turns = new long[ENTRIES];

	/**
	 * How many entries have a place.
	 */
	private int waiting;

	/**
	 * How many of them have a token reserved.
	 */
	private int reserved;

	/**
	 * Create a limiter that has not let anybody through yet.
	 * @param perSecond how many it lets through a second, above zero
	 * @param burst how many it lets through at once after a rest, above zero
	 */
	FairRateLimiter(int perSecond, int burst) {
		this(perSecond, burst, System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());
	}

	FairRateLimiter(int perSecond, int burst, LongSupplier clock, DoubleSupplier random) {
		this.tokens = new TokenBucket(perSecond, burst, clock.getAsLong());
		this.share = (long) (LINE_SLACK * NANOS_PER_SECOND / perSecond);
		this.clock = clock;
		this.random = random;
		this.seed = (int) (random.getAsDouble() * Integer.MAX_VALUE);
	}

	/**
	 * Let a handshake through, or give it a place in the line.
	 * @param address who asks, or {@code null} if that is not known; all of those count
	 * as one
	 * @return {@link #ADMITTED}, or after how many milliseconds to come back
	 */
	synchronized long tryEnter(@Nullable String address) {
		int entry = entryOf(address);
		long now = this.clock.getAsLong();
		survey(now);
		if (this.tokens.tryTake(now, mayTakeReserved(entry, now) ? 0 : this.reserved)) {
			if (this.places[entry] > 0) {
				forget(entry, 1);
			}
			return ADMITTED;
		}
		long delay = Math.min(position(entry, now) * this.share, LONGEST_LINE_NANOS);
		long told = delay - (long) (this.share * this.random.getAsDouble());
		if (this.places[entry] == 0) {
			this.turns[entry] = now + told;
			this.places[entry] = 1;
			this.waiting++;
		}
		else if (delay < LONGEST_LINE_NANOS) {
			this.places[entry]++;
		}
		return Math.max(1, Math.round((double) told / NANOS_PER_MILLI));
	}

	private boolean mayTakeReserved(int entry, long now) {
		int places = this.places[entry];
		return places > 0 && (places <= FEW || now - this.turns[entry] >= 0);
	}

	// Forget who did not come in time, and count who waits.
	private void survey(long now) {
		if (this.waiting == 0) {
			return;
		}
		int waiting = 0;
		int reserved = 0;
		for (int entry = 0; entry < ENTRIES; entry++) {
			if (this.places[entry] > 0) {
				forget(entry, turnsUntil(now - GRACE_NANOS, entry));
				waiting += (this.places[entry] > 0) ? 1 : 0;
				reserved += (this.places[entry] > 0 && now - this.turns[entry] >= 0) ? 1 : 0;
			}
		}
		this.waiting = waiting;
		this.reserved = reserved;
	}

	private void forget(int entry, long places) {
		this.places[entry] -= (int) Math.min(places, this.places[entry]);
		this.turns[entry] += places * round();
	}

	// Return how many turns of an entry have come.
	private long turnsUntil(long time, int entry) {
		long since = time - this.turns[entry];
		return (since >= 0) ? 1 + since / round() : 0;
	}

	// Return the time in which every address that waits has its turn once.
	private long round() {
		return this.share * Math.max(1, this.waiting);
	}

	// Return the position of one place more: behind as many places of each address as the
	// own address has then, and a few.
	private long position(int own, long now) {
		long depth = ahead(own, now) + 1 + FEW;
		long position = 1;
		for (int entry = 0; entry < ENTRIES; entry++) {
			position += Math.min(ahead(entry, now), depth);
		}
		return position;
	}

	// Return how many places of an entry have not had their turn.
	private long ahead(int entry, long now) {
		return (this.places[entry] > 0) ? Math.max(0, this.places[entry] - turnsUntil(now, entry)) : 0;
	}

	private int entryOf(@Nullable String address) {
		int hash = this.seed;
		for (int i = 0; address != null && i < address.length(); i++) {
			hash = (hash ^ address.charAt(i)) * 0x9E3779B1;
			hash ^= hash >>> 15;
		}
		return hash & (ENTRIES - 1);
	}

}
