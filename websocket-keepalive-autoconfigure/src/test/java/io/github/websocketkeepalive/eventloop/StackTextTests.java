package io.github.websocketkeepalive.eventloop;

import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link StackText}.
 */
class StackTextTests {

	private final CountDownLatch latch = new CountDownLatch(1);

	@Test
	void namesTheFramesOfTheThreadInnermostFirstAsAStackTraceDoes() throws InterruptedException {
		Thread thread = new Thread(this::waitForTheLatch);
		thread.start();
		await().until(() -> thread.getState() == Thread.State.WAITING);
		String text = StackText.of(thread);
		this.latch.countDown();
		thread.join();
		assertThat(text.lines().findFirst()).hasValue("");
		assertThat(text.lines().skip(1)).isNotEmpty().allMatch((line) -> line.startsWith("\tat "));
		assertThat(text).containsSubsequence("CountDownLatch.await",
				"StackTextTests.waitForTheLatch(StackTextTests.java:", "Thread.run");
	}

	@Test
	void aThreadThatHasEndedHasNoFrames() throws InterruptedException {
		Thread thread = new Thread(this.latch::countDown);
		thread.start();
		thread.join();
		assertThat(StackText.of(thread)).isEmpty();
	}

	private void waitForTheLatch() {
		try {
			this.latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
