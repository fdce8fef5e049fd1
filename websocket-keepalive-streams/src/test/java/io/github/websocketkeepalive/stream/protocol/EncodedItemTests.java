package io.github.websocketkeepalive.stream.protocol;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link EncodedItem}.
 */
class EncodedItemTests {

	private static final byte[] JSON = "7".getBytes(StandardCharsets.UTF_8);

	private final EncodedItem item = new EncodedItem(JSON);

	private final AtomicInteger encoded = new AtomicInteger();

	@Test
	void anItemIsEncodedOnceInEachFormat() {
		UnaryOperator<byte[]> first = encoder(1);
		UnaryOperator<byte[]> second = encoder(2);
		for (int i = 0; i < 3; i++) {
			assertThat(this.item.encodedBy(first)).containsExactly(1);
			assertThat(this.item.encodedBy(second)).containsExactly(2);
		}
		assertThat(this.encoded).hasValue(2);
	}

	@Test
	void anEncoderIsGivenTheJson() {
		assertThat(this.item.encodedBy(UnaryOperator.identity())).isSameAs(JSON);
	}

	@Test
	void anItemThatCouldNotBeEncodedIsTriedAgain() {
		UnaryOperator<byte[]> encoder = (json) -> {
			if (this.encoded.getAndIncrement() == 0) {
				throw new IllegalStateException();
			}
			return json;
		};
		assertThatIllegalStateException().isThrownBy(() -> this.item.encodedBy(encoder));
		assertThat(this.item.encodedBy(encoder)).isSameAs(JSON);
	}

	@Test
	void bytesThatWereEncodedMeanwhileAreKept() {
		UnaryOperator<byte[]> slow = (json) -> {
			this.item.encodedBy(UnaryOperator.identity());
			return encoder(1).apply(json);
		};
		for (int i = 0; i < 3; i++) {
			assertThat(this.item.encodedBy(slow)).containsExactly(1);
		}
		assertThat(this.encoded).hasValue(1);
	}

	private UnaryOperator<byte[]> encoder(int format) {
		return (json) -> {
			this.encoded.incrementAndGet();
			return new byte[] { (byte) format };
		};
	}

}
