package io.github.websocketkeepalive.guard;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.connection.CloseCause;

/**
 * What one connection may do. Immutable, shared by all connections of an application.
 *
 * @param maxPendingOutput bytes of output that may wait for longer than the timeout
 * @param slowConsumerTimeoutNanos nanoseconds for which more output may wait without
 * becoming less
 * @param controlFramesPerSecond control frames a peer may send each second
 * @param controlFrameBurst control frames a peer may send at once
 * @param maxAgeMillis milliseconds after which a connection is closed, or 0 for never
 * @param ageJitter the share of the age by which it is shortened or lengthened at most
 * @param maxInflatedMessage bytes of a message after decompression
 * @param strict whether the rules of RFC 6455 are held that Netty leaves to applications
 * @param slowConsumerCode the close code for a peer that does not take its output
 * @param maxAgeCode the close code for a connection that is too old
 */
public record GuardPolicy(long maxPendingOutput, long slowConsumerTimeoutNanos, int controlFramesPerSecond,
		int controlFrameBurst, long maxAgeMillis, double ageJitter, int maxInflatedMessage, boolean strict,
		int slowConsumerCode, int maxAgeCode) {

	/**
	 * What applies unless something else is configured.
	 */
	public static final GuardPolicy DEFAULT = of(1024 * 1024, Duration.ofSeconds(10), 100, 200, null, 0.1, 1024 * 1024,
			true);

	/**
	 * A policy that allows everything. One byte more than the largest message has to fit
	 * an {@code int}.
	 */
	public static final GuardPolicy NONE = of(Long.MAX_VALUE, Duration.ofDays(1), Integer.MAX_VALUE, Integer.MAX_VALUE,
			null, 0, Integer.MAX_VALUE - 1, false);

	/**
	 * Create a policy.
	 * @param maxPendingOutput bytes
	 * @param slowConsumerTimeout the time for which more may wait
	 * @param controlFramesPerSecond control frames a second
	 * @param controlFrameBurst control frames at once
	 * @param maxAge the age, or {@code null} for none
	 * @param ageJitter the share of the age, from 0 to 1
	 * @param maxInflatedMessage bytes
	 * @param strict whether to hold all rules of RFC 6455
	 * @return the policy
	 */
	public static GuardPolicy of(long maxPendingOutput, Duration slowConsumerTimeout, int controlFramesPerSecond,
			int controlFrameBurst, @Nullable Duration maxAge, double ageJitter, int maxInflatedMessage,
			boolean strict) {
		return new GuardPolicy(maxPendingOutput, slowConsumerTimeout.toNanos(), controlFramesPerSecond,
				controlFrameBurst, (maxAge != null) ? maxAge.toMillis() : 0, ageJitter, maxInflatedMessage, strict,
				CloseCause.SLOW_CONSUMER.code(), CloseCause.MAX_AGE.code());
	}

	/**
	 * Return a policy with other close codes for those who may come back.
	 * @param slowConsumer the code for a peer that does not take its output
	 * @param maxAge the code for a connection that is too old
	 * @return the policy
	 */
	public GuardPolicy withCloseCodes(int slowConsumer, int maxAge) {
		return new GuardPolicy(this.maxPendingOutput, this.slowConsumerTimeoutNanos, this.controlFramesPerSecond,
				this.controlFrameBurst, this.maxAgeMillis, this.ageJitter, this.maxInflatedMessage, this.strict,
				slowConsumer, maxAge);
	}

	/**
	 * Return whether connections end at some age.
	 * @return whether there is a maximum
	 */
	public boolean limitsAge() {
		return this.maxAgeMillis > 0;
	}

	/**
	 * Return whether a connection is too old. The jitter of each follows from its id, so
	 * that nothing has to be kept.
	 * @param seed any number that does not change and differs between connections
	 * @param ageMillis the age in milliseconds
	 * @return whether it is to be closed
	 */
	public boolean isTooOld(long seed, long ageMillis) {
		if (!limitsAge() || ageMillis < this.maxAgeMillis * (1 - this.ageJitter)) {
			return false;
		}
		double share = (mix(seed) >>> 11) * 0x1.0p-52 - 1;
		return ageMillis >= this.maxAgeMillis * (1 + this.ageJitter * share);
	}

	private static long mix(long seed) {
		long mixed = (seed ^ (seed >>> 33)) * 0xff51afd7ed558ccdL;
		mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
		return mixed ^ (mixed >>> 33);
	}

}
