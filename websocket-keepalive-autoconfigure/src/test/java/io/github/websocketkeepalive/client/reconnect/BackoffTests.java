package io.github.websocketkeepalive.client.reconnect;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.websocketkeepalive.connection.CloseCause;

import static org.assertj.core.api.Assertions.assertThat;

class BackoffTests {

	private static final BackoffPolicy POLICY = new BackoffPolicy(Duration.ofMillis(500), Duration.ofSeconds(30),
			Duration.ofSeconds(30));

	private static final Duration FLOOR = Duration.ofMillis(100);

	private static final int CLIENTS = 1000;

	@ParameterizedTest
	@CsvSource({ "0, 100, 500", "1, 100, 1000", "2, 100, 2000", "5, 100, 16000", "6, 100, 30000", "60, 100, 30000",
			"1000, 100, 30000" })
	void aDelayIsDrawnBetweenTheFloorAndTheCap(int failures, long least, long most) {
		assertThat(nth(failures, () -> 0)).isEqualTo(Duration.ofMillis(least));
		assertThat(nth(failures, () -> 1)).isEqualTo(Duration.ofMillis(most));
		assertThat(nth(failures, () -> 0.5)).isEqualTo(Duration.ofMillis((least + most) / 2));
	}

	@Test
	void aConnectionThatLivedLongEnoughResetsTheDelays() {
		Backoff backoff = new Backoff(POLICY, () -> 1);
		backoff.next(lost(Duration.ofSeconds(1)));
		backoff.next(lost(Duration.ofMillis(29_999)));
		assertThat(backoff.failures()).isEqualTo(2);
		assertThat(backoff.next(lost(Duration.ofSeconds(30)))).isEqualTo(Duration.ofMillis(500));
		assertThat(backoff.failures()).isEqualTo(1);
	}

	@Test
	void protocolErrorsAreCountedUpToAnotherEndOrAConnectionThatLivedLongEnough() {
		Backoff backoff = new Backoff(POLICY, () -> 1);
		Disconnect refused = refused(null);
		Disconnect lost = lost(Duration.ofSeconds(1));
		Disconnect violated = violated(Duration.ofSeconds(1));
		Disconnect violatedAfterWork = violated(Duration.ofSeconds(30));
		assertThat(Stream
			.of(violated, violated, violatedAfterWork, violated, lost, violated, violated, refused, violated, violated)
			.map((end) -> {
				backoff.next(end);
				return backoff.protocolErrors();
			})).containsExactly(1, 2, 1, 2, 0, 1, 2, 0, 1, 2);
	}

	@Test
	void aDelayThatWasDrawnForThisClientIsObeyedExactly() {
		assertThat(next(new RetryHint(Duration.ofMillis(7_321), false))).isEqualTo(Duration.ofMillis(7_321));
	}

	@Test
	void aDelayThatOthersWereGivenTooIsSpread() {
		assertThat(next(new RetryHint(Duration.ofSeconds(5), true))).isEqualTo(Duration.ofMillis(5_300));
	}

	@Test
	void aDelayShorterThanTheFirstOfTheBackoffIsObeyedDownToTheFloor() {
		assertThat(next(new RetryHint(Duration.ofMillis(101), false))).isEqualTo(Duration.ofMillis(101));
		assertThat(next(new RetryHint(Duration.ZERO, false))).isEqualTo(Duration.ofMillis(100));
	}

	@Test
	void aServerThatKeepsAskingForLessThanTheFirstDelayIsNotObeyedAgain() {
		Backoff backoff = new Backoff(POLICY, () -> 1);
		assertThat(IntStream.range(0, 5)
			.mapToObj((i) -> backoff.next(refused(new RetryHint(Duration.ZERO, false))).toMillis()))
			.containsExactly(100L, 1000L, 2000L, 4000L, 8000L);
	}

	@Test
	void aServerThatKeepsAskingForAReasonableDelayIsObeyedEachTime() {
		Backoff backoff = new Backoff(POLICY, () -> 1);
		assertThat(IntStream.range(0, 5)
			.mapToObj((i) -> backoff.next(refused(new RetryHint(Duration.ofMillis(700), false))).toMillis()))
			.containsOnly(700L);
	}

	@Test
	void aFirstDelayBelowTheFloorIsSpreadAllTheSame() {
		BackoffPolicy policy = new BackoffPolicy(Duration.ofMillis(50), Duration.ofSeconds(30), Duration.ofSeconds(30));
		assertThat(policy.delay(0, 0)).isEqualTo(Duration.ofMillis(25));
		assertThat(policy.delay(0, 1)).isEqualTo(Duration.ofMillis(50));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 3, 6, 20 })
	void delaysOfManyClientsAreSpreadAsFullJitterPredicts(int failures) {
		double[] delays = delays(failures);
		double width = POLICY.delay(failures, 1).minus(FLOOR).toNanos();
		double distance = IntStream.range(0, CLIENTS)
			.mapToDouble((i) -> Math.max((i + 1.0) / CLIENTS - (delays[i] / width),
					(delays[i] / width) - (double) i / CLIENTS))
			.max()
			.orElseThrow();
		double criticalAtFivePercent = 1.358 / Math.sqrt(CLIENTS);
		assertThat(distance).isLessThan(criticalAtFivePercent);
	}

	@Test
	void atThePeakHardlyMoreComeBackThanOnAverage() {
		int bins = 10;
		double width = POLICY.delay(0, 1).minus(FLOOR).toNanos();
		int[] counts = new int[bins];
		for (double delay : delays(0)) {
			counts[(int) (delay / width * bins)]++;
		}
		assertThat(Arrays.stream(counts).max().orElseThrow()).isLessThanOrEqualTo((int) (1.3 * CLIENTS / bins));
	}

	private static double[] delays(int failures) {
		return IntStream.range(0, CLIENTS)
			.mapToObj((seed) -> nth(failures, new SplittableRandom(seed)::nextDouble))
			.mapToDouble((delay) -> delay.minus(FLOOR).toNanos())
			.sorted()
			.toArray();
	}

	private static Duration nth(int failures, DoubleSupplier random) {
		Backoff backoff = new Backoff(POLICY, random);
		for (int i = 0; i < failures; i++) {
			backoff.next(refused());
		}
		return backoff.next(refused());
	}

	private static Duration next(RetryHint hint) {
		return new Backoff(POLICY, () -> 0.5).next(refused(hint));
	}

	private static Disconnect refused() {
		return Disconnect.failed(HandshakeFailure.REFUSED, new IOException());
	}

	private static Disconnect refused(RetryHint hint) {
		return Disconnect.refused(503, hint, new IOException());
	}

	private static Disconnect violated(Duration lived) {
		return Disconnect.closed(CloseCause.PEER_CLOSED, 1002, "", lived, null);
	}

	private static Disconnect lost(Duration lived) {
		return Disconnect.closed(CloseCause.EOF, 1006, null, lived, null);
	}

}
