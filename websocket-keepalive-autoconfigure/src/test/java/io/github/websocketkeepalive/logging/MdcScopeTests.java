package io.github.websocketkeepalive.logging;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MdcScope}.
 */
class MdcScopeTests {

	private final MdcScope scope = MdcScope.of("websocket");

	@AfterEach
	void clear() {
		MDC.clear();
	}

	@Test
	void setsTheIdAndRemovesIt() {
		String previous = this.scope.open("1");
		assertThat(MDC.get("websocket")).isEqualTo("1");
		this.scope.close(previous);
		assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
	}

	@Test
	void restoresWhatWasThereBefore() {
		MDC.put("websocket", "of the application");
		String outer = this.scope.open("1");
		String inner = this.scope.open("2");
		assertThat(MDC.get("websocket")).isEqualTo("2");
		this.scope.close(inner);
		assertThat(MDC.get("websocket")).isEqualTo("1");
		this.scope.close(outer);
		assertThat(MDC.get("websocket")).isEqualTo("of the application");
	}

	@Test
	void leavesOtherKeysAlone() {
		MDC.put("traceId", "7");
		this.scope.close(this.scope.open("1"));
		assertThat(MDC.getCopyOfContextMap()).containsOnlyKeys("traceId");
	}

	@Test
	void offChangesNothing() {
		MDC.put("", "kept");
		String previous = MdcScope.OFF.open("1");
		assertThat(MDC.getCopyOfContextMap()).containsOnlyKeys("").containsValue("kept");
		MdcScope.OFF.close(previous);
		assertThat(MDC.getCopyOfContextMap()).containsOnlyKeys("");
		assertThat(MdcScope.OFF.isOn()).isFalse();
		assertThat(this.scope.isOn()).isTrue();
	}

}
