package io.github.websocketkeepalive.admission;

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class RefusalLoggerTests {

	private long now = Long.MAX_VALUE;

	private final RefusalLogger logger = new RefusalLogger(() -> this.now);

	@Test
	void aReasonHasOneLineInTenSeconds(CapturedOutput output) {
		for (int i = 0; i < 100; i++) {
			this.logger.onRejected("rate", null);
		}
		assertThat(output.toString()).containsOnlyOnce("reason=rate").contains("and 0 more");
		this.now += TimeUnit.SECONDS.toNanos(10);
		this.logger.onRejected("rate", null);
		assertThat(output).contains("and 99 more");
	}

	@Test
	void everyReasonHasItsOwn(CapturedOutput output) {
		this.logger.onRejected("rate", null);
		this.logger.onRejected("origin", null);
		assertThat(output).contains("reason=rate", "reason=origin");
	}

}
