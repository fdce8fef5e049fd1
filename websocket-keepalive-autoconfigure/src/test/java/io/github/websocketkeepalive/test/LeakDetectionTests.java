package io.github.websocketkeepalive.test;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LeakDetectionTests {

	private final LeakDetection detection = new LeakDetection();

	@Test
	void aBufferThatNobodyReleasesIsFound() throws Exception {
		this.detection.start();
		forgetBuffer();
		assertThat(this.detection.stop()).isNotEmpty();
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
