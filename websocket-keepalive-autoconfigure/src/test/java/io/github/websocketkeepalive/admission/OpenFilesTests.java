package io.github.websocketkeepalive.admission;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OpenFilesTests {

	private final AtomicInteger samples = new AtomicInteger();

	private long now;

	private long count = 950;

	@Test
	void theFilesOfThisProcessAreCounted() {
		OpenFiles files = new OpenFiles();
		assertThat(files.used()).isPositive().isLessThan(files.limit());
		assertThat(files.exceed(1)).isFalse();
	}

	@Test
	void theyAreCountedAtMostOnceASecond() {
		OpenFiles files = files(1000);
		this.count = 960;
		this.now = TimeUnit.SECONDS.toNanos(1) - 1;
		files.used();
		assertThat(this.samples).hasValue(1);
		this.now++;
		files.used();
		assertThat(files.used()).isEqualTo(960);
		assertThat(this.samples).hasValue(2);
	}

	@Test
	void theShareMayBeReachedButNotExceeded() {
		assertThat(files(1000).exceed(0.95)).isFalse();
		this.count = 951;
		assertThat(files(1000).exceed(0.95)).isTrue();
	}

	@Test
	void aSystemThatDoesNotTellIsNeverExceeded() {
		this.count = -1;
		OpenFiles files = files(-1);
		this.now = TimeUnit.SECONDS.toNanos(5);
		assertThat(files.exceed(0.01)).isFalse();
		assertThat(files.used()).isEqualTo(-1);
		assertThat(this.samples).hasValue(1);
	}

	private OpenFiles files(long limit) {
		return new OpenFiles(() -> {
			this.samples.incrementAndGet();
			return this.count;
		}, limit, Runnable::run, () -> this.now);
	}

}
