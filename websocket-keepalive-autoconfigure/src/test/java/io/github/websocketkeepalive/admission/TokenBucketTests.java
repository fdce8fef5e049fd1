package io.github.websocketkeepalive.admission;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TokenBucketTests {

	private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(5);

	@ParameterizedTest
	@ValueSource(longs = { 0, -1, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE - 1 })
	void aBurstIsFollowedByOneTokenAPeriodToTheNanosecond(long start) {
		TokenBucket bucket = new TokenBucket(200, 3, start);
		assertThat(taken(bucket, start, 10)).isEqualTo(3);
		assertThat(bucket.tryTake(start + PERIOD - 1)).isFalse();
		assertThat(bucket.tryTake(start + PERIOD)).isTrue();
		assertThat(bucket.tryTake(start + PERIOD)).isFalse();
		assertThat(bucket.tryTake(start + 2 * PERIOD)).isTrue();
	}

	@Test
	void aRestFillsTheBucketAndNoMore() {
		TokenBucket bucket = new TokenBucket(200, 3, 0);
		taken(bucket, 0, 3);
		assertThat(taken(bucket, TimeUnit.HOURS.toNanos(1), 10)).isEqualTo(3);
	}

	@Test
	void whoIsRefusedCostsNothing() {
		TokenBucket bucket = new TokenBucket(1, 1, 0);
		bucket.tryTake(0);
		assertThat(taken(bucket, 1, 1000)).isZero();
		assertThat(bucket.tryTake(TimeUnit.SECONDS.toNanos(1))).isTrue();
	}

	@Test
	void aRateThatDoesNotDivideASecondIsNotExceeded() {
		TokenBucket bucket = new TokenBucket(3, 1, 0);
		long taken = IntStream.range(0, 3000).filter((milli) -> bucket.tryTake(milli * 1_000_000L)).count();
		assertThat(taken).isEqualTo(9);
	}

	@Test
	void manyThreadsTakeNoMoreThanThereIs() throws InterruptedException {
		TokenBucket bucket = new TokenBucket(200, 1000, 0);
		AtomicInteger taken = new AtomicInteger();
		Thread[] threads = new Thread[4];
		for (int i = 0; i < threads.length; i++) {
			threads[i] = new Thread(() -> taken.addAndGet(taken(bucket, 0, 1000)));
			threads[i].start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(taken).hasValue(1000);
	}

	private static int taken(TokenBucket bucket, long now, int wishes) {
		return (int) IntStream.range(0, wishes).filter((i) -> bucket.tryTake(now)).count();
	}

}
