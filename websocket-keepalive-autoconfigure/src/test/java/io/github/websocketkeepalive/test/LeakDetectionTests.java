package io.github.websocketkeepalive.test;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class LeakDetectionTests {

	private final LeakDetection detection = new LeakDetection();

	@Test
	void aBufferThatNobodyReleasesIsFound() throws Exception {
		this.detection.start();
		forgetBuffer();
		assertThat(this.detection.stop()).singleElement()
			.asString()
			.contains("LeakDetectionTests.forgetBuffer")
			.doesNotContain("junit");
	}

	@Test
	void aLeakFailsOneTestAndNotThoseThatFollow() throws Exception {
		this.detection.start();
		forgetBuffer();
		// The virtual machine may tell of it only after another collection.
		await().untilAsserted(
				() -> assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> this.detection.afterEach(null)));
		this.detection.afterEach(null);
		assertThat(this.detection.stop()).isEmpty();
	}

	@Test
	void aBufferThatWasReleasedIsNoLeak() throws Exception {
		this.detection.start();
		ByteBuf buffer = Unpooled.directBuffer();
		buffer.release();
		assertThat(this.detection.stop()).isEmpty();
	}

	private static void forgetBuffer() {
		Unpooled.directBuffer().writeByte(1);
	}

}
