package io.github.websocketkeepalive.admission.limit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class RetryPacingTests {

	private long now = Long.MAX_VALUE - 1000;

	private double random = 0.5;

	@Test
	void aDelayIsHalfToOneAndAHalfOfWhatIsConfigured() {
		RetryPacing pacing = pacing(0);
		assertThat(pacing.delayMillis()).isEqualTo(5000);
		this.random = 0;
		assertThat(pacing.delayMillis()).isEqualTo(2500);
		this.random = 1;
		assertThat(pacing.delayMillis()).isEqualTo(7500);
		assertThat(pacing.delayMillisInLine()).isEqualTo(7500);
	}

	@Test
	void everyoneInLineGetsTheNextPlace() {
		RetryPacing pacing = pacing(100);
		this.random = 0;
		assertThat(pacing.delayMillisInLine()).isEqualTo(11);
		assertThat(pacing.delayMillisInLine()).isEqualTo(22);
		this.random = 1;
		assertThat(pacing.delayMillisInLine()).isEqualTo(22);
	}

	@Test
	void theLineShortensAsTimePassesAlsoIfNobodyReturns() {
		RetryPacing pacing = pacing(100);
		this.random = 0;
		for (int i = 0; i < 100; i++) {
			pacing.delayMillisInLine();
		}
		this.now += TimeUnit.MILLISECONDS.toNanos(600);
		assertThat(pacing.delayMillisInLine()).isEqualTo(511);
		this.now += TimeUnit.HOURS.toNanos(1);
		assertThat(pacing.delayMillisInLine()).isEqualTo(11);
	}

	@Test
	void theLineIsNeverLongerThanFiveMinutes() {
		RetryPacing pacing = pacing(1);
		this.random = 0;
		for (int i = 0; i < 10_000; i++) {
			assertThat(pacing.delayMillisInLine()).isLessThanOrEqualTo(300_000);
		}
	}

	@Test
	void whoIsSentAwayInItsTurnMayReturnWithinASecond() {
		this.random = 0.5;
		assertThat(pacing(0).delayMillis(100_000, Duration.ofSeconds(15))).isEqualTo(500);
		assertThat(pacing(200).delayMillis(2000, Duration.ofSeconds(15))).isEqualTo(500);
		assertThat(pacing(200).delayMillis(3, Duration.ZERO)).isEqualTo(9);
	}

	@Test
	void thoseWhoAreSentAwayFasterThanTheyAreLetInAreSpreadOverOnePointTwoTimesTheIdeal() {
		RetryPacing pacing = pacing(200);
		Duration window = Duration.ofSeconds(10);
		this.random = 1;
		assertThat(pacing.delayMillis(2000, window)).isEqualTo(12_000);
		this.random = 0.25;
		assertThat(pacing.delayMillis(2000, window)).isEqualTo(3000);
		this.random = 0;
		assertThat(pacing.delayMillis(2000, window)).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "2000, 200, 300", "2000, 200, 4000", "10000, 500, 500", "300, 20, 1000" })
	void aStormReturnsAsOneEvenLine(int clients, int rate, int spreadMillis) {
		Random draws = new Random(clients);
		this.now = 0;
		RetryPacing pacing = new RetryPacing(Duration.ofSeconds(5), rate, () -> this.now, draws::nextDouble);
		int burst = Math.max(1, rate / 10);
		TokenBucket bucket = new TokenBucket(rate, burst, 0);
		PriorityQueue<Long> arrivals = new PriorityQueue<>();
		for (int i = 0; i < clients; i++) {
			arrivals.add((long) (draws.nextDouble() * spreadMillis * 1e6));
		}
		Deque<Long> lastSecond = new ArrayDeque<>();
		int attempts = 0;
		while (!arrivals.isEmpty()) {
			this.now = arrivals.remove();
			attempts++;
			if (bucket.tryTake(this.now)) {
				lastSecond.add(this.now);
				lastSecond.removeIf((time) -> this.now - time >= 1e9);
				assertThat(lastSecond).hasSizeLessThanOrEqualTo(rate + burst);
			}
			else {
				long late = (long) (draws.nextDouble() * 50e6);
				arrivals.add(this.now + TimeUnit.MILLISECONDS.toNanos(pacing.delayMillisInLine()) + late);
			}
		}
		assertThat((double) attempts / clients).isLessThan(2.2);
		assertThat(this.now / 1e9).isCloseTo((double) clients / rate, within(0.3 * clients / rate));
	}

	private RetryPacing pacing(int perSecond) {
		return new RetryPacing(Duration.ofSeconds(5), perSecond, () -> this.now, () -> this.random);
	}

}
