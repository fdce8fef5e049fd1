package io.github.websocketkeepalive.admission;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.github.websocketkeepalive.peer.LogLimiter;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class RefusalLoggerTests {

	private long now = Long.MAX_VALUE;

	private final RefusalLogger logger = new RefusalLogger(new LogLimiter(() -> this.now));

	@Test
	void aReasonHasOneLineInTenSeconds(CapturedOutput output) {
		for (int i = 0; i < 100; i++) {
			this.logger.onRejected("rate", null);
		}
		assertThat(output.toString()).containsOnlyOnce("reason=rate").doesNotContain("more");
		this.now += TimeUnit.SECONDS.toNanos(10);
		this.logger.onRejected("rate", null);
		assertThat(output).contains("(99 more of this kind");
	}

	@Test
	void anAddressThatIsNoneIsEscaped(CapturedOutput output) {
		this.logger.onRejected("rate", InetSocketAddress.createUnresolved("evil\u009b" + "x".repeat(6000), 80));
		assertThat(output).contains("remote=evil\\u009bxxx").doesNotContain("\u009b").doesNotContain("x".repeat(256));
	}

	@Test
	void anAddressIsHostAndPort(CapturedOutput output) {
		this.logger.onRejected("rate", new InetSocketAddress("127.0.0.1", 80));
		assertThat(output).contains("remote=127.0.0.1:80");
	}

	@Test
	void everyReasonHasItsOwn(CapturedOutput output) {
		this.logger.onRejected("rate", null);
		this.logger.onRejected("origin", null);
		assertThat(output).contains("reason=rate", "reason=origin");
	}

}
