package io.github.websocketkeepalive.liveness;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.Internal;

/**
 * Judges the silent peers of one event loop together, after all of its sockets were read
 * a few times more. A peer that fell silent while the loop stood still, or together with
 * most others, is granted one more interval, once.
 *
 * <p>
 * Pure code without a clock, confined to the event loop.
 */
@Internal
public final class SuspectRound {

	/**
	 * Number of passes over all sockets before the verdict. With thousands of sockets
	 * ready, one pass of epoll does not reach them all.
	 */
	private static final int PASSES = 2;

	/**
	 * Minimum number of silent peers that count as a mass.
	 */
	private static final int MASS_MINIMUM = 50;

	private final Set<Suspect> suspects = new LinkedHashSet<>();

	private final Loop loop;

	private int passesLeft;

	private boolean massSuspicion;

	/**
	 * Create the rounds of an event loop.
	 * @param loop the event loop
	 */
	public SuspectRound(Loop loop) {
		this.loop = loop;
	}

	/**
	 * Add a suspect to the next verdict.
	 * @param suspect the suspect
	 * @return {@code false} if it is a suspect already
	 */
	public boolean add(Suspect suspect) {
		return this.suspects.add(suspect);
	}

	/**
	 * Return whether a round should begin.
	 * @return whether there are suspects and no round is under way
	 */
	public boolean isDue() {
		return !this.suspects.isEmpty() && this.passesLeft == 0;
	}

	/**
	 * Begin a round, in which the sockets are about to be read once more.
	 */
	public void begin() {
		this.passesLeft = PASSES;
	}

	/**
	 * Tell that the sockets were read once more.
	 * @return whether they are to be read again before the verdict
	 */
	public boolean passed() {
		return --this.passesLeft > 0;
	}

	/**
	 * End the round. Suspects that were not judged, because of a failure, stay for the
	 * next one.
	 */
	public void end() {
		this.passesLeft = 0;
	}

	/**
	 * Judge all suspects. A failure with one of them keeps no other from its verdict.
	 * @param now the present instant in nanoseconds, on the clock of the trackers
	 */
	public void judge(long now) {
		List<Suspect> judged = List.copyOf(this.suspects);
		this.suspects.clear();
		List<Suspect> condemned = judged.stream().filter((suspect) -> isCondemned(suspect, now)).toList();
		if (!condemned.isEmpty()) {
			weighMass(now);
			condemned.forEach((suspect) -> giveUpOrDefer(suspect, now));
		}
	}

	private boolean isCondemned(Suspect suspect, long now) {
		try {
			return suspect.verdict(now) == LivenessDecision.CLOSE;
		}
		catch (Throwable ex) {
			this.loop.failed("A verdict on a silent peer", ex);
			return false;
		}
	}

	// Weighs those that leave a ping unanswered against those that have answered in the
	// meantime. Those that die in the same sweep would be too few: phases are spread.
	private void weighMass(long now) {
		int silent = count((tracker) -> tracker.isSilent(now));
		int answered = count((tracker) -> tracker.hasAnswered(now));
		boolean mass = silent >= MASS_MINIMUM && silent > answered;
		if (mass && !this.massSuspicion) {
			this.loop.fellSilentTogether(silent, answered);
		}
		this.massSuspicion = mass;
	}

	private int count(Predicate<LivenessTracker> condition) {
		return (int) this.loop.trackers().filter(condition).count();
	}

	// One that is given up may end others: their application hears of it at once.
	private void giveUpOrDefer(Suspect suspect, long now) {
		try {
			if (suspect.isOpen()) {
				HoldReason reason = reasonToDefer(suspect.tracker(), now);
				if (reason != null) {
					suspect.tracker().defer(now, reason);
					suspect.deferred(reason);
				}
				else {
					suspect.giveUp(now);
				}
			}
		}
		catch (Throwable ex) {
			this.loop.failed("The end of a silent peer", ex);
		}
	}

	private @Nullable HoldReason reasonToDefer(LivenessTracker tracker, long now) {
		if (tracker.heldBy() != null) {
			return null;
		}
		if (this.loop.hasStalledSince(now - tracker.policy().timeoutNanos())) {
			return HoldReason.LOCAL_STALL;
		}
		return this.massSuspicion ? HoldReason.MASS_SUSPICION : null;
	}

	/**
	 * A connection whose peer is silent.
	 */
	public interface Suspect {

		/**
		 * Return what decides about the peer.
		 * @return the tracker
		 */
		LivenessTracker tracker();

		/**
		 * Judge the peer by its own evidence.
		 * @param now the present instant
		 * @return the decision of {@link LivenessTracker#verdict}
		 */
		LivenessDecision verdict(long now);

		/**
		 * Return whether the connection is still open.
		 * @return whether it is
		 */
		boolean isOpen();

		/**
		 * Tell that the verdict was put off by one interval.
		 * @param reason why
		 */
		void deferred(HoldReason reason);

		/**
		 * Close the connection, because its peer has not answered.
		 * @param now the present instant
		 */
		void giveUp(long now);

	}

	/**
	 * The event loop of the suspects, and of all their neighbours.
	 */
	public interface Loop {

		/**
		 * Return whether the event loop stood still of late.
		 * @param instant an instant
		 * @return whether it did at any time since
		 */
		boolean hasStalledSince(long instant);

		/**
		 * Return the trackers of all connections of the event loop.
		 * @return the trackers
		 */
		Stream<LivenessTracker> trackers();

		/**
		 * Tell that most peers fell silent at once, which is told once as long as it
		 * lasts.
		 * @param silent the number of those that leave a ping unanswered
		 * @param answered the number of those that have answered of late
		 */
		void fellSilentTogether(int silent, int answered);

		/**
		 * Tell of what a suspect has thrown.
		 * @param task what has failed
		 * @param failure what was thrown
		 */
		void failed(String task, Throwable failure);

	}

}
