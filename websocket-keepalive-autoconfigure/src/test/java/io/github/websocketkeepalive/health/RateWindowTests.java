package io.github.websocketkeepalive.health;

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RateWindowTests {

	private long now = Long.MAX_VALUE - 5;

	private final RateWindow window = new RateWindow(() -> this.now);

	@Test
	void aSecondCountsWhenItIsOver() {
		increment(20);
		assertThat(this.window.perSecond()).isZero();
		seconds(1);
		assertThat(this.window.perSecond()).isEqualTo(2);
	}

	@Test
	void tenSecondsCount() {
		for (int i = 0; i < 30; i++) {
			increment(5);
			seconds(1);
		}
		assertThat(this.window.perSecond()).isEqualTo(5);
	}

	@Test
	void whatIsOlderDoesNot() {
		increment(20);
		seconds(10);
		assertThat(this.window.perSecond()).isEqualTo(2);
		seconds(1);
		assertThat(this.window.perSecond()).isZero();
		seconds(11);
		increment(1);
		assertThat(this.window.perSecond()).isZero();
	}

	private void increment(int times) {
		for (int i = 0; i < times; i++) {
			this.window.increment();
		}
	}

	private void seconds(long seconds) {
		this.now += TimeUnit.SECONDS.toNanos(seconds);
	}

}
