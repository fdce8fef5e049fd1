package io.github.websocketkeepalive.client.shared;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SharedOptionsTests {

	@Test
	void eachOptionIsChangedAlone() {
		assertThat(SharedOptions.DEFAULTS.withLinger(Duration.ZERO).withOutbound(3, OverflowPolicy.WAIT))
			.isEqualTo(new SharedOptions(Duration.ZERO, 3, OverflowPolicy.WAIT, 1024));
	}

	@Test
	void whatMakesNoSenseIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> SharedOptions.DEFAULTS.withLinger(Duration.ofSeconds(-1)));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> SharedOptions.DEFAULTS.withOutbound(0, OverflowPolicy.FAIL));
	}

}
