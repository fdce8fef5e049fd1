package io.github.websocketkeepalive.admission;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * Counts connections, together and for each address, up to a limit each. An address is
 * remembered only while it has a connection. May be used by many threads.
 */
final class ConnectionSlots {

	private final int most;

	private final int maxPerAddress;

	private final AtomicInteger taken = new AtomicInteger();

	private final ConcurrentMap<String, Integer> addresses = new ConcurrentHashMap<>();

	/**
	 * Create slots of which none is taken.
	 * @param most how many there are, {@link Integer#MAX_VALUE} for no limit
	 * @param maxPerAddress how many there are for one address, {@link Integer#MAX_VALUE}
	 * for no limit
	 */
	ConnectionSlots(int most, int maxPerAddress) {
		this.most = most;
		this.maxPerAddress = maxPerAddress;
	}

	/**
	 * Take a slot.
	 * @param address the address, or {@code null} if it is not known, which is counted
	 * only in the total
	 * @return what was full, if anything
	 */
	Outcome take(@Nullable String address) {
		if (this.taken.getAndUpdate((taken) -> (taken < this.most) ? taken + 1 : taken) >= this.most) {
			return Outcome.FULL;
		}
		if (this.maxPerAddress == Integer.MAX_VALUE || address == null) {
			return Outcome.TAKEN;
		}
		int[] before = new int[1];
		this.addresses.compute(address, (key, count) -> {
			before[0] = (count != null) ? count : 0;
			return (before[0] < this.maxPerAddress) ? Integer.valueOf(before[0] + 1) : count;
		});
		if (before[0] >= this.maxPerAddress) {
			this.taken.decrementAndGet();
			return Outcome.ADDRESS_FULL;
		}
		return Outcome.TAKEN;
	}

	/**
	 * Give a slot back.
	 * @param address the address for which it was taken
	 */
	void release(@Nullable String address) {
		this.taken.decrementAndGet();
		if (address != null) {
			this.addresses.computeIfPresent(address, (key, count) -> (count > 1) ? count - 1 : null);
		}
	}

	/**
	 * Return how many slots are taken.
	 * @return the number
	 */
	int taken() {
		return this.taken.get();
	}

	/**
	 * Return how many addresses are remembered.
	 * @return the number
	 */
	int addresses() {
		return this.addresses.size();
	}

	/**
	 * What came of the wish to take a slot.
	 */
	public enum Outcome {

		/**
		 * It was taken.
		 */
		TAKEN,

		/**
		 * There is none left.
		 */
		FULL,

		/**
		 * There is none left for the address.
		 */
		ADDRESS_FULL

	}

}
