package io.github.websocketkeepalive.liveness;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LivenessTracker}, to the nanosecond.
 */
class LivenessTrackerTests {

	private static final long INTERVAL = 1000;

	private static final long TIMEOUT = 300;

	private static final long CLOSE_TIMEOUT = 200;

	private static final long HELD_LIMIT = 2500;

	private static final long FIRST_PING = INTERVAL / 2;

	private LivenessTracker tracker = tracker(PingMode.ALWAYS, TIMEOUT);

	private long now;

	private long received;

	private boolean writable = true;

	private long pending;

	private LivenessTracker tracker() {
		return this.tracker;
	}

	private LivenessTracker tracker(PingMode mode, long timeout) {
		this.tracker = new LivenessTracker(policy(mode, timeout), this.now, 0);
		return this.tracker;
	}

	private static LivenessPolicy policy(PingMode mode, long timeout) {
		return new LivenessPolicy(mode, INTERVAL, timeout, CLOSE_TIMEOUT, HELD_LIMIT);
	}

	private Liveness liveness() {
		return this.tracker.liveness();
	}

	private void now(long now) {
		this.now = now;
	}

	private void writable(boolean writable) {
		this.writable = writable;
	}

	private void pending(long pending) {
		this.pending = pending;
	}

	private void receive() {
		this.received++;
	}

	private void pong() {
		this.received += 10;
		this.tracker.pongReceived(this.received);
	}

	private LivenessDecision checkAt(long now) {
		this.now = now;
		return this.tracker.check(now, this.received, this.writable, this.pending);
	}

	private void pingAt(long now) {
		assertThat(checkAt(now)).isEqualTo(LivenessDecision.SEND_PING);
	}

	private void flushAt(long now) {
		this.now = now;
		this.tracker.pingFlushed(now, this.received);
	}

	private void pingAndFlushAt(long now) {
		pingAt(now);
		flushAt(now);
	}

	private long suspectAt(long pingAt) {
		pingAndFlushAt(pingAt);
		assertThat(checkAt(pingAt + TIMEOUT)).isEqualTo(LivenessDecision.SUSPECT);
		return pingAt + TIMEOUT;
	}

	private LivenessDecision verdict(boolean reading, Evidence evidence) {
		return this.tracker.verdict(this.now, this.received, reading, evidence);
	}

	private HoldReason die() {
		return this.tracker.die(this.now);
	}

	private void closing() {
		this.tracker.closing(this.now, this.pending);
	}

	@Test
	void aPeerThatIsNeverAskedHasNotAnswered() {
		LivenessTracker unasked = new LivenessTracker(policy(PingMode.NEVER, TIMEOUT), 0, 0);
		assertThat(unasked.hasAnswered(1)).isFalse();
	}

	@Nested
	class Pings {

		@ParameterizedTest
		@CsvSource({ "0, 10500", "0.5, 10750", "0.998, 10999" })
		void theFirstIsDrawnFromTheSecondHalfOfAnInterval(double phase, long due) {
			LivenessTrackerTests.this.tracker = new LivenessTracker(policy(PingMode.ALWAYS, TIMEOUT), 10_000, phase);
			assertThat(tracker().dueAt()).isEqualTo(due);
			assertThat(checkAt(due - 1)).isEqualTo(LivenessDecision.WAIT);
			assertThat(checkAt(due)).isEqualTo(LivenessDecision.SEND_PING);
		}

		@Test
		void comeAtAFixedRateHoweverLateTheSweeps() {
			pingAt(FIRST_PING + 70);
			pong();
			assertThat(tracker().dueAt()).isEqualTo(FIRST_PING + INTERVAL);
			pingAt(FIRST_PING + INTERVAL + 30);
			pong();
			assertThat(tracker().dueAt()).isEqualTo(FIRST_PING + 2 * INTERVAL);
		}

		@Test
		void areNotMadeUpForWhenMissed() {
			pingAt(FIRST_PING + 5 * INTERVAL);
			pong();
			assertThat(tracker().dueAt()).isEqualTo(FIRST_PING + 6 * INTERVAL);
			assertThat(checkAt(FIRST_PING + 6 * INTERVAL - 1)).isEqualTo(LivenessDecision.WAIT);
		}

		@Test
		void goToAPeerThatSendsDataAllTheTime() {
			receive();
			pingAt(FIRST_PING);
		}

		@Test
		void areNotSentWhileOneIsAwaited() {
			tracker(PingMode.ALWAYS, 5 * INTERVAL);
			pingAndFlushAt(FIRST_PING);
			assertThat(tracker().dueAt()).isEqualTo(FIRST_PING + INTERVAL);
			assertThat(checkAt(FIRST_PING + INTERVAL)).isEqualTo(LivenessDecision.WAIT);
			assertThat(checkAt(FIRST_PING + 4 * INTERVAL)).isEqualTo(LivenessDecision.WAIT);
			assertThat(liveness()).isEqualTo(Liveness.AWAITING_PONG);
		}

		@Test
		void goOnAtOnceAfterAnAnswerThatTookLongerThanAnInterval() {
			tracker(PingMode.ALWAYS, 5 * INTERVAL);
			pingAndFlushAt(FIRST_PING);
			receive();
			assertThat(checkAt(FIRST_PING + INTERVAL)).isEqualTo(LivenessDecision.SEND_PING);
		}

		@Test
		void areNotSentInModeNever() {
			tracker(PingMode.NEVER, TIMEOUT);
			assertThat(tracker().dueAt()).isEqualTo(Long.MAX_VALUE);
			assertThat(checkAt(Long.MAX_VALUE - 1)).isEqualTo(LivenessDecision.WAIT);
			assertThat(liveness()).isEqualTo(Liveness.ALIVE);
		}

		@Test
		void waitForTheChannelToBecomeWritable() {
			writable(false);
			assertThat(checkAt(FIRST_PING)).isEqualTo(LivenessDecision.WAIT);
			assertThat(tracker().dueAt()).isEqualTo(Long.MIN_VALUE);
			assertThat(liveness()).isEqualTo(Liveness.ALIVE);
			assertThat(checkAt(FIRST_PING + 1)).isEqualTo(LivenessDecision.WAIT);
			writable(true);
			assertThat(checkAt(FIRST_PING + 2)).isEqualTo(LivenessDecision.SEND_PING);
		}

	}

	@Nested
	class WhenIdle {

		@Test
		void dataInTheIntervalStandsForThePing() {
			tracker(PingMode.WHEN_IDLE, TIMEOUT);
			receive();
			assertThat(checkAt(FIRST_PING)).isEqualTo(LivenessDecision.WAIT);
			assertThat(tracker().dueAt()).isEqualTo(FIRST_PING + INTERVAL);
		}

		@Test
		void anIntervalWithoutDataCallsForAPing() {
			tracker(PingMode.WHEN_IDLE, TIMEOUT);
			receive();
			checkAt(FIRST_PING);
			pingAt(FIRST_PING + INTERVAL);
		}

		@Test
		void aPongDoesNotStandForTheNextPing() {
			tracker(PingMode.WHEN_IDLE, TIMEOUT);
			pingAndFlushAt(FIRST_PING);
			pong();
			pingAt(FIRST_PING + INTERVAL);
		}

		@Test
		void dataThatArrivesInPlaceOfThePongStandsForTheNextPing() {
			tracker(PingMode.WHEN_IDLE, INTERVAL);
			pingAndFlushAt(FIRST_PING);
			receive();
			assertThat(checkAt(FIRST_PING + INTERVAL)).isEqualTo(LivenessDecision.WAIT);
			assertThat(tracker().dueAt()).isEqualTo(FIRST_PING + 2 * INTERVAL);
		}

	}

	@Nested
	class Deadline {

		@Test
		void runsFromTheFlush() {
			pingAt(FIRST_PING);
			assertThat(liveness()).isEqualTo(Liveness.AWAITING_PONG);
			assertThat(tracker().dueAt()).isEqualTo(FIRST_PING + TIMEOUT);
			flushAt(FIRST_PING + 100);
			assertThat(liveness()).isEqualTo(Liveness.AWAITING_PONG);
			assertThat(tracker().dueAt()).isEqualTo(FIRST_PING + 100 + TIMEOUT);
			assertThat(checkAt(FIRST_PING + 100 + TIMEOUT - 1)).isEqualTo(LivenessDecision.WAIT);
			assertThat(checkAt(FIRST_PING + 100 + TIMEOUT)).isEqualTo(LivenessDecision.SUSPECT);
		}

		@Test
		void isSatisfiedByThePong() {
			pingAndFlushAt(FIRST_PING);
			pong();
			assertThat(liveness()).isEqualTo(Liveness.ALIVE);
			assertThat(checkAt(FIRST_PING + TIMEOUT)).isEqualTo(LivenessDecision.WAIT);
		}

		@Test
		void isSatisfiedByAnyByte() {
			pingAndFlushAt(FIRST_PING);
			receive();
			assertThat(checkAt(FIRST_PING + TIMEOUT)).isEqualTo(LivenessDecision.WAIT);
			assertThat(liveness()).isEqualTo(Liveness.ALIVE);
		}

		@Test
		void isSatisfiedByAByteBetweenWriteAndFlush() {
			pingAt(FIRST_PING);
			receive();
			flushAt(FIRST_PING + 1);
			assertThat(liveness()).isEqualTo(Liveness.ALIVE);
			assertThat(tracker().dueAt()).isEqualTo(FIRST_PING + INTERVAL);
		}

		@Test
		void isNotSatisfiedByAByteFromBeforeThePing() {
			receive();
			pingAndFlushAt(FIRST_PING);
			assertThat(checkAt(FIRST_PING + TIMEOUT)).isEqualTo(LivenessDecision.SUSPECT);
		}

		@Test
		void doesNotStartByAFlushThatComesAfterThePong() {
			pingAt(FIRST_PING);
			pong();
			flushAt(FIRST_PING + 10);
			assertThat(liveness()).isEqualTo(Liveness.ALIVE);
			assertThat(tracker().dueAt()).isEqualTo(FIRST_PING + INTERVAL);
		}

	}

	@Nested
	class Verdict {

		@Test
		void condemnsASilentPeer() {
			suspectAt(FIRST_PING);
			assertThat(verdict(true, Evidence.UNKNOWN)).isEqualTo(LivenessDecision.CLOSE);
			assertThat(tracker().heldBy()).isNull();
		}

		@Test
		void condemnsASilentPeerThatHasThePing() {
			suspectAt(FIRST_PING);
			assertThat(verdict(true, Evidence.DELIVERED)).isEqualTo(LivenessDecision.CLOSE);
		}

		@Test
		void acquitsASuspectThatWasHeardInTheMeantime() {
			suspectAt(FIRST_PING);
			receive();
			assertThat(verdict(true, Evidence.UNKNOWN)).isEqualTo(LivenessDecision.WAIT);
			assertThat(liveness()).isEqualTo(Liveness.ALIVE);
		}

		@Test
		void acquitsASuspectWhosePongWasReadInTheMeantime() {
			suspectAt(FIRST_PING);
			pong();
			assertThat(verdict(true, Evidence.LOST)).isEqualTo(LivenessDecision.WAIT);
			assertThat(liveness()).isEqualTo(Liveness.ALIVE);
		}

		@Test
		void givesAPingThatWasFlushedInTheMeantimeItsWholeTimeout() {
			pingAt(FIRST_PING);
			assertThat(checkAt(FIRST_PING + TIMEOUT)).isEqualTo(LivenessDecision.SUSPECT);
			flushAt(FIRST_PING + TIMEOUT + 1);
			assertThat(verdict(true, Evidence.UNKNOWN)).isEqualTo(LivenessDecision.WAIT);
			assertThat(liveness()).isEqualTo(Liveness.AWAITING_PONG);
			assertThat(checkAt(FIRST_PING + TIMEOUT + TIMEOUT)).isEqualTo(LivenessDecision.WAIT);
			assertThat(checkAt(FIRST_PING + TIMEOUT + 1 + TIMEOUT)).isEqualTo(LivenessDecision.SUSPECT);
		}

		@Test
		void isNotPassedOnAConnectionThatIsClosing() {
			suspectAt(FIRST_PING);
			closing();
			assertThat(verdict(true, Evidence.LOST)).isEqualTo(LivenessDecision.WAIT);
		}

		@Test
		void isPassedOnce() {
			suspectAt(FIRST_PING);
			die();
			assertThat(verdict(true, Evidence.LOST)).isEqualTo(LivenessDecision.WAIT);
		}

		@Test
		void asksAgainAtEverySweepUntilItFalls() {
			suspectAt(FIRST_PING);
			assertThat(checkAt(LivenessTrackerTests.this.now + 1)).isEqualTo(LivenessDecision.SUSPECT);
		}

		@ParameterizedTest
		@EnumSource
		void condemnsAPeerToWhichOutputIsLostAndNoneElseWithoutReading(Evidence evidence) {
			suspectAt(FIRST_PING);
			LivenessDecision expected = (evidence == Evidence.LOST) ? LivenessDecision.CLOSE : LivenessDecision.HOLD;
			assertThat(verdict(false, evidence)).isEqualTo(expected);
		}

	}

	@Nested
	class Hold {

		@Test
		void isForBackpressureWhileTheApplicationDoesNotRead() {
			suspectAt(FIRST_PING);
			assertThat(verdict(false, Evidence.UNKNOWN)).isEqualTo(LivenessDecision.HOLD);
			assertThat(liveness()).isEqualTo(Liveness.HELD);
			assertThat(tracker().heldBy()).isEqualTo(HoldReason.BACKPRESSURE);
		}

		@ParameterizedTest
		@EnumSource(names = { "DELIVERING", "STUCK" })
		void isForASlowPeerWhileThePingMayNotHaveReachedIt(Evidence evidence) {
			suspectAt(FIRST_PING);
			assertThat(verdict(true, evidence)).isEqualTo(LivenessDecision.HOLD);
			assertThat(tracker().heldBy()).isEqualTo(HoldReason.SLOW_PEER);
		}

		@Test
		void isForASlowPeerWhileThePingIsNotFlushed() {
			pingAt(FIRST_PING);
			assertThat(checkAt(FIRST_PING + TIMEOUT)).isEqualTo(LivenessDecision.SUSPECT);
			assertThat(verdict(true, Evidence.UNKNOWN)).isEqualTo(LivenessDecision.HOLD);
			assertThat(tracker().heldBy()).isEqualTo(HoldReason.SLOW_PEER);
			assertThat(tracker().dueAt()).isEqualTo(FIRST_PING + 2 * TIMEOUT);
		}

		@Test
		void isForASlowPeerWhileNoPingCanBeWritten() {
			writable(false);
			checkAt(FIRST_PING);
			assertThat(checkAt(FIRST_PING + TIMEOUT - 1)).isEqualTo(LivenessDecision.WAIT);
			assertThat(checkAt(FIRST_PING + TIMEOUT)).isEqualTo(LivenessDecision.SUSPECT);
			assertThat(verdict(true, Evidence.UNKNOWN)).isEqualTo(LivenessDecision.HOLD);
			assertThat(tracker().heldBy()).isEqualTo(HoldReason.SLOW_PEER);
			assertThat(checkAt(FIRST_PING + 2 * TIMEOUT - 1)).isEqualTo(LivenessDecision.WAIT);
			assertThat(checkAt(FIRST_PING + 2 * TIMEOUT)).isEqualTo(LivenessDecision.SUSPECT);
		}

		@Test
		void doesNotBeginWhileAPeerToWhichNoPingCanBeWrittenIsHeard() {
			writable(false);
			checkAt(FIRST_PING);
			receive();
			checkAt(FIRST_PING + 200);
			assertThat(checkAt(FIRST_PING + 200 + TIMEOUT - 1)).isEqualTo(LivenessDecision.WAIT);
			assertThat(checkAt(FIRST_PING + 200 + TIMEOUT)).isEqualTo(LivenessDecision.SUSPECT);
		}

		@Test
		void endsByAnyByteWhileNoPingCanBeWritten() {
			writable(false);
			checkAt(FIRST_PING);
			checkAt(FIRST_PING + TIMEOUT);
			verdict(true, Evidence.UNKNOWN);
			receive();
			checkAt(FIRST_PING + TIMEOUT + 1);
			assertThat(liveness()).isEqualTo(Liveness.ALIVE);
		}

		@Test
		void endsByAPong() {
			suspectAt(FIRST_PING);
			verdict(false, Evidence.UNKNOWN);
			pong();
			assertThat(liveness()).isEqualTo(Liveness.ALIVE);
			assertThat(tracker().heldBy()).isNull();
		}

		@Test
		void isFollowedByTheNextPingAtItsTime() {
			suspectAt(FIRST_PING);
			verdict(false, Evidence.UNKNOWN);
			assertThat(tracker().dueAt()).isEqualTo(FIRST_PING + INTERVAL);
			pingAt(FIRST_PING + INTERVAL);
			assertThat(liveness()).isEqualTo(Liveness.HELD);
		}

		@Test
		void endsWithThePingAfterAByte() {
			suspectAt(FIRST_PING);
			verdict(false, Evidence.UNKNOWN);
			receive();
			pingAt(FIRST_PING + INTERVAL);
			assertThat(liveness()).isEqualTo(Liveness.AWAITING_PONG);
		}

		@Test
		void forBackpressureEndsInDeathOnceTheApplicationReadsAndHearsNothing() {
			suspectAt(FIRST_PING);
			verdict(false, Evidence.UNKNOWN);
			suspectAt(FIRST_PING + INTERVAL);
			assertThat(verdict(true, Evidence.UNKNOWN)).isEqualTo(LivenessDecision.CLOSE);
			assertThat(die()).isEqualTo(HoldReason.BACKPRESSURE);
		}

		@Test
		void forASlowPeerStaysWhenThePeersHostHasCaughtUp() {
			suspectAt(FIRST_PING);
			verdict(true, Evidence.STUCK);
			suspectAt(FIRST_PING + INTERVAL);
			assertThat(verdict(true, Evidence.DELIVERED)).isEqualTo(LivenessDecision.HOLD);
			assertThat(tracker().heldBy()).isEqualTo(HoldReason.SLOW_PEER);
		}

		@Test
		void turnsFromOneReasonIntoTheOther() {
			suspectAt(FIRST_PING);
			verdict(true, Evidence.STUCK);
			suspectAt(FIRST_PING + INTERVAL);
			verdict(false, Evidence.STUCK);
			assertThat(tracker().heldBy()).isEqualTo(HoldReason.BACKPRESSURE);
		}

		@Test
		void endsInDeathAtTheHeldLimit() {
			long heldAt = suspectAt(FIRST_PING);
			verdict(false, Evidence.UNKNOWN);
			suspectAt(FIRST_PING + INTERVAL);
			now(heldAt + HELD_LIMIT - 1);
			assertThat(verdict(false, Evidence.UNKNOWN)).isEqualTo(LivenessDecision.HOLD);
			suspectAt(FIRST_PING + 2 * INTERVAL);
			now(heldAt + HELD_LIMIT);
			assertThat(verdict(false, Evidence.UNKNOWN)).isEqualTo(LivenessDecision.CLOSE);
			assertThat(die()).isEqualTo(HoldReason.BACKPRESSURE);
		}

		@Test
		void endsInDeathAtTheHeldLimitWhileNoPingCanBeWritten() {
			writable(false);
			checkAt(FIRST_PING);
			long heldAt = FIRST_PING + TIMEOUT;
			checkAt(heldAt);
			verdict(true, Evidence.UNKNOWN);
			checkAt(heldAt + HELD_LIMIT);
			assertThat(verdict(true, Evidence.UNKNOWN)).isEqualTo(LivenessDecision.CLOSE);
			assertThat(die()).isEqualTo(HoldReason.SLOW_PEER);
		}

		@Test
		void isForALocalStallWhileBytesOfThePeerWaitUnread() {
			suspectAt(FIRST_PING);
			assertThat(verdict(true, Evidence.RECEIVING)).isEqualTo(LivenessDecision.HOLD);
			assertThat(tracker().heldBy()).isEqualTo(HoldReason.LOCAL_STALL);
		}

		@Test
		void forASlowPeerIsNotProlongedByADeliveryThatItsHostMayHaveTakenAlone() {
			long heldAt = suspectAt(FIRST_PING);
			verdict(true, Evidence.STUCK);
			suspectAt(FIRST_PING + INTERVAL);
			now(heldAt + HELD_LIMIT);
			assertThat(verdict(true, Evidence.DELIVERED)).isEqualTo(LivenessDecision.CLOSE);
		}

		@ParameterizedTest
		@EnumSource(names = { "DELIVERED", "DELIVERING", "RECEIVING" })
		void startsAnewByProgressOfTheTransport(Evidence progress) {
			long heldAt = suspectAt(FIRST_PING);
			verdict(false, Evidence.UNKNOWN);
			suspectAt(FIRST_PING + INTERVAL);
			now(heldAt + HELD_LIMIT);
			assertThat(verdict(false, progress)).isEqualTo(LivenessDecision.HOLD);
			suspectAt(FIRST_PING + 3 * INTERVAL);
			now(heldAt + 2 * HELD_LIMIT - 1);
			assertThat(verdict(false, Evidence.UNKNOWN)).isEqualTo(LivenessDecision.HOLD);
			suspectAt(FIRST_PING + 5 * INTERVAL);
			now(heldAt + 2 * HELD_LIMIT);
			assertThat(verdict(false, Evidence.UNKNOWN)).isEqualTo(LivenessDecision.CLOSE);
		}

	}

	@Nested
	class MassSuspicion {

		@Test
		void isFollowedByAnotherSuspicionAfterExactlyOneInterval() {
			long deferredAt = suspectAt(FIRST_PING);
			verdict(true, Evidence.UNKNOWN);
			tracker().defer(deferredAt, HoldReason.MASS_SUSPICION);
			assertThat(liveness()).isEqualTo(Liveness.HELD);
			assertThat(tracker().heldBy()).isEqualTo(HoldReason.MASS_SUSPICION);
			assertThat(checkAt(deferredAt + INTERVAL - 1)).isEqualTo(LivenessDecision.WAIT);
			assertThat(checkAt(deferredAt + INTERVAL)).isEqualTo(LivenessDecision.SUSPECT);
			assertThat(verdict(true, Evidence.UNKNOWN)).isEqualTo(LivenessDecision.CLOSE);
			assertThat(die()).isEqualTo(HoldReason.MASS_SUSPICION);
		}

		@Test
		void endsByAnyByte() {
			long deferredAt = suspectAt(FIRST_PING);
			tracker().defer(deferredAt, HoldReason.MASS_SUSPICION);
			receive();
			checkAt(tracker().dueAt());
			assertThat(tracker().heldBy()).isNull();
		}

		@Test
		void thatTurnsIntoBackpressureHasTheWholeHeldLimit() {
			now(10 * HELD_LIMIT);
			tracker(PingMode.ALWAYS, TIMEOUT);
			long deferredAt = suspectAt(tracker().dueAt());
			tracker().defer(deferredAt, HoldReason.MASS_SUSPICION);
			checkAt(deferredAt + INTERVAL);
			assertThat(verdict(false, Evidence.UNKNOWN)).isEqualTo(LivenessDecision.HOLD);
			assertThat(tracker().heldBy()).isEqualTo(HoldReason.BACKPRESSURE);
		}

	}

	@Nested
	class Closing {

		@Test
		void endsInAResetAfterTheCloseTimeout() {
			closing();
			assertThat(tracker().isClosing()).isTrue();
			assertThat(tracker().dueAt()).isEqualTo(CLOSE_TIMEOUT);
			assertThat(checkAt(CLOSE_TIMEOUT - 1)).isEqualTo(LivenessDecision.WAIT);
			assertThat(checkAt(CLOSE_TIMEOUT)).isEqualTo(LivenessDecision.RESET);
			assertThat(liveness()).isEqualTo(Liveness.DEAD);
			assertThat(tracker().isClosing()).isFalse();
		}

		@Test
		void goesOnWhileThePeerTakesOutput() {
			pending(100);
			closing();
			pending(99);
			assertThat(checkAt(CLOSE_TIMEOUT)).isEqualTo(LivenessDecision.WAIT);
			assertThat(tracker().dueAt()).isEqualTo(2 * CLOSE_TIMEOUT);
			assertThat(checkAt(2 * CLOSE_TIMEOUT)).isEqualTo(LivenessDecision.RESET);
		}

		@Test
		void goesOnForNoLongerThanTheHeldLimit() {
			pending(1000);
			closing();
			for (long now = CLOSE_TIMEOUT; now < HELD_LIMIT; now += CLOSE_TIMEOUT) {
				pending(LivenessTrackerTests.this.pending - 1);
				assertThat(checkAt(now)).isEqualTo(LivenessDecision.WAIT);
			}
			pending(0);
			assertThat(checkAt(HELD_LIMIT + CLOSE_TIMEOUT)).isEqualTo(LivenessDecision.RESET);
		}

		@Test
		void runsFromTheFirstCloseFrame() {
			closing();
			now(CLOSE_TIMEOUT - 1);
			closing();
			assertThat(checkAt(CLOSE_TIMEOUT)).isEqualTo(LivenessDecision.RESET);
		}

		@Test
		void endsPingsAndHolds() {
			suspectAt(FIRST_PING);
			verdict(false, Evidence.UNKNOWN);
			closing();
			assertThat(tracker().heldBy()).isNull();
			assertThat(liveness()).isEqualTo(Liveness.ALIVE);
			assertThat(checkAt(FIRST_PING + TIMEOUT + 1)).isEqualTo(LivenessDecision.WAIT);
		}

		@Test
		void isNotUndoneByAPong() {
			pingAndFlushAt(FIRST_PING);
			closing();
			pong();
			assertThat(tracker().isClosing()).isTrue();
		}

		@Test
		void isNotUndoneByAFlush() {
			pingAt(FIRST_PING);
			closing();
			flushAt(FIRST_PING + 1);
			assertThat(tracker().isClosing()).isTrue();
		}

	}

	@Nested
	class Death {

		@Test
		void endsInAResetAfterTheCloseTimeout() {
			long diedAt = suspectAt(FIRST_PING);
			assertThat(die()).isNull();
			assertThat(liveness()).isEqualTo(Liveness.DEAD);
			assertThat(tracker().dueAt()).isEqualTo(diedAt + CLOSE_TIMEOUT);
			assertThat(checkAt(diedAt + CLOSE_TIMEOUT - 1)).isEqualTo(LivenessDecision.WAIT);
			assertThat(checkAt(diedAt + CLOSE_TIMEOUT)).isEqualTo(LivenessDecision.RESET);
		}

		@Test
		void isFinal() {
			long diedAt = suspectAt(FIRST_PING);
			die();
			pong();
			closing();
			flushAt(diedAt);
			assertThat(liveness()).isEqualTo(Liveness.DEAD);
			assertThat(tracker().isClosing()).isFalse();
			assertThat(checkAt(diedAt + CLOSE_TIMEOUT)).isEqualTo(LivenessDecision.RESET);
		}

		@Test
		void isNotCountedAsHeld() {
			suspectAt(FIRST_PING);
			verdict(false, Evidence.UNKNOWN);
			die();
			assertThat(tracker().heldBy()).isNull();
			assertThat(liveness()).isEqualTo(Liveness.DEAD);
		}

	}

}
