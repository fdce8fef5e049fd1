package io.github.websocketkeepalive.liveness;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SuspectRound}, to the nanosecond.
 */
class SuspectRoundTests implements SuspectRound.Loop {

	private static final long INTERVAL = 1000;

	private static final long TIMEOUT = 300;

	private static final long FIRST_PING = INTERVAL / 2;

	private static final long SUSPECTED = FIRST_PING + TIMEOUT;

	private static final LivenessPolicy POLICY = new LivenessPolicy(PingMode.ALWAYS, INTERVAL, TIMEOUT, 200, 2500);

	private final SuspectRound round = new SuspectRound(this);

	private final List<Peer> peers = new ArrayList<>();

	private final List<String> told = new ArrayList<>();

	private long stalledAt = -1;

	@Test
	void aRoundIsDueWhenThereIsASuspectAndNoRound() {
		assertThat(this.round.isDue()).isFalse();
		silentPeers(1);
		assertThat(this.round.isDue()).isTrue();
		this.round.begin();
		assertThat(this.round.isDue()).isFalse();
		this.round.end();
		assertThat(this.round.isDue()).isTrue();
		judge(SUSPECTED);
		assertThat(this.round.isDue()).isFalse();
	}

	@Test
	void theSocketsAreReadTwiceBeforeTheVerdict() {
		silentPeers(1);
		this.round.begin();
		assertThat(this.round.passed()).isTrue();
		assertThat(this.round.passed()).isFalse();
	}

	@Test
	void aSuspectIsAddedOnce() {
		Peer peer = silentPeers(1).get(0);
		assertThat(this.round.add(peer)).isFalse();
		judge(SUSPECTED);
		assertThat(this.round.add(peer)).isTrue();
	}

	@Test
	void aPeerThatIsSilentIsGivenUpAndOneThatIsHeardMeanwhileLives() {
		List<Peer> peers = silentPeers(2);
		peers.get(1).received = 1;
		judge(SUSPECTED);
		assertThat(peers.get(0).tracker.liveness()).isEqualTo(Liveness.DEAD);
		assertThat(peers.get(1).tracker.liveness()).isEqualTo(Liveness.ALIVE);
	}

	@ParameterizedTest
	@CsvSource({ "0, HELD", "-1, DEAD" })
	void aPeerThatFellSilentWhileTheLoopStoodStillIsDeferred(long stalledAfterTheFlush, Liveness expected) {
		Peer peer = silentPeers(1).get(0);
		this.stalledAt = FIRST_PING + stalledAfterTheFlush;
		judge(SUSPECTED);
		assertThat(peer.tracker.liveness()).isEqualTo(expected);
		assertThat(peer.deferred).isEqualTo((expected == Liveness.HELD) ? HoldReason.LOCAL_STALL : null);
	}

	@Test
	void aPeerIsDeferredForOneIntervalAndOnce() {
		Peer peer = silentPeers(1).get(0);
		this.stalledAt = SUSPECTED;
		judge(SUSPECTED);
		assertThat(peer.check(SUSPECTED + INTERVAL - 1)).isNotEqualTo(LivenessDecision.SUSPECT);
		assertThat(peer.check(SUSPECTED + INTERVAL)).isEqualTo(LivenessDecision.SUSPECT);
		this.round.add(peer);
		this.stalledAt = SUSPECTED + INTERVAL;
		judge(SUSPECTED + INTERVAL);
		assertThat(peer.tracker.liveness()).isEqualTo(Liveness.DEAD);
	}

	@ParameterizedTest
	@CsvSource({ "50, 49, HELD", "50, 50, DEAD", "49, 0, DEAD", "60, 10, HELD" })
	void peersThatFallSilentTogetherWithMostOthersAreDeferred(int silent, int answering, Liveness expected) {
		List<Peer> peers = silentPeers(silent);
		answeringPeers(answering);
		judge(SUSPECTED);
		assertThat(peers).extracting((peer) -> peer.tracker.liveness()).containsOnly(expected);
		assertThat(this.told).hasSize((expected == Liveness.HELD) ? 1 : 0);
	}

	@Test
	void aMassIsToldOnceAsLongAsItLasts() {
		silentPeers(60);
		judge(SUSPECTED);
		silentPeers(60);
		judge(SUSPECTED);
		assertThat(this.told).containsExactly("60 silent, 0 answered");
	}

	@Test
	void aVerdictThatFailsKeepsNoOtherFromItsTurn() {
		List<Peer> peers = silentPeers(2);
		peers.get(0).onVerdict = (peer) -> {
			throw new AssertionError("deliberate");
		};
		judge(SUSPECTED);
		assertThat(peers.get(1).tracker.liveness()).isEqualTo(Liveness.DEAD);
		assertThat(this.told).containsExactly("A verdict on a silent peer: deliberate");
	}

	@Test
	void anEndThatFailsKeepsNoOtherFromItsEnd() {
		List<Peer> peers = silentPeers(2);
		peers.get(0).onEnd = (peer) -> {
			throw new AssertionError("deliberate");
		};
		judge(SUSPECTED);
		assertThat(peers.get(1).tracker.liveness()).isEqualTo(Liveness.DEAD);
		assertThat(this.told).containsExactly("The end of a silent peer: deliberate");
	}

	@Test
	void aPeerThatTheEndOfAnotherHasClosedIsLeftAlone() {
		List<Peer> peers = silentPeers(2);
		peers.get(0).onEnd = (peer) -> peers.get(1).open = false;
		judge(SUSPECTED);
		assertThat(peers.get(1).tracker.liveness()).isNotEqualTo(Liveness.DEAD);
	}

	private List<Peer> silentPeers(int count) {
		List<Peer> silent = Stream.generate(Peer::new).limit(count).toList();
		silent.forEach((peer) -> {
			peer.ping();
			assertThat(peer.check(SUSPECTED)).isEqualTo(LivenessDecision.SUSPECT);
			assertThat(this.round.add(peer)).isTrue();
		});
		this.peers.addAll(silent);
		return silent;
	}

	private void answeringPeers(int count) {
		for (int i = 0; i < count; i++) {
			Peer peer = new Peer();
			peer.ping();
			peer.received++;
			peer.tracker.pongReceived(peer.received);
			this.peers.add(peer);
		}
	}

	private void judge(long now) {
		this.round.begin();
		this.round.judge(now);
		this.round.end();
	}

	@Override
	public boolean hasStalledSince(long instant) {
		return this.stalledAt >= instant;
	}

	@Override
	public Stream<LivenessTracker> trackers() {
		return this.peers.stream().map(Peer::tracker);
	}

	@Override
	public void fellSilentTogether(int silent, int answered) {
		this.told.add("%d silent, %d answered".formatted(silent, answered));
	}

	@Override
	public void failed(String task, Throwable failure) {
		this.told.add(task + ": " + failure.getMessage());
	}

	private static final class Peer implements SuspectRound.Suspect {

		private final LivenessTracker tracker = new LivenessTracker(POLICY, 0, 0);

		private Consumer<Peer> onVerdict = (peer) -> {
		};

		private Consumer<Peer> onEnd = (peer) -> {
		};

		private boolean open = true;

		private HoldReason deferred;

		private long received;

		void ping() {
			assertThat(check(FIRST_PING)).isEqualTo(LivenessDecision.SEND_PING);
			this.tracker.pingFlushed(FIRST_PING, this.received);
		}

		LivenessDecision check(long now) {
			return this.tracker.check(now, this.received, true, 0);
		}

		@Override
		public LivenessTracker tracker() {
			return this.tracker;
		}

		@Override
		public LivenessDecision verdict(long now) {
			this.onVerdict.accept(this);
			return this.tracker.verdict(now, this.received, true, Evidence.DELIVERED);
		}

		@Override
		public boolean isOpen() {
			return this.open;
		}

		@Override
		public void deferred(HoldReason reason) {
			this.deferred = reason;
		}

		@Override
		public void giveUp(long now) {
			this.onEnd.accept(this);
			this.tracker.die(now);
		}

	}

}
