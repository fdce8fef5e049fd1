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
		try (MdcScope.Open open = this.scope.open("1")) {
			assertThat(MDC.get("websocket")).isEqualTo("1");
		}
		assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
	}

	@Test
	void restoresWhatWasThereBefore() {
		MDC.put("websocket", "of the application");
		try (MdcScope.Open outer = this.scope.open("1")) {
			try (MdcScope.Open inner = this.scope.open("2")) {
				assertThat(MDC.get("websocket")).isEqualTo("2");
			}
			assertThat(MDC.get("websocket")).isEqualTo("1");
		}
		assertThat(MDC.get("websocket")).isEqualTo("of the application");
	}

	@Test
	void theInnerScopeOfTheSameConnectionLeavesTheIdToTheOuter() {
		try (MdcScope.Open outer = this.scope.open("1")) {
			this.scope.open(new String("1")).close();
			assertThat(MDC.get("websocket")).isEqualTo("1");
		}
		assertThat(MDC.get("websocket")).isNull();
	}

	@Test
	void createsNoObjectWhereTheThreadWorksForNoOther() {
		MdcScope.Open first = this.scope.open("1");
		first.close();
		assertThat(this.scope.open("2")).isSameAs(first);
	}

	@Test
	void leavesOtherKeysAlone() {
		MDC.put("traceId", "7");
		this.scope.open("1").close();
		assertThat(MDC.getCopyOfContextMap()).containsOnlyKeys("traceId");
	}

	@Test
	void offChangesNothing() {
		MDC.put("", "kept");
		try (MdcScope.Open open = MdcScope.OFF.open("1")) {
			assertThat(MDC.getCopyOfContextMap()).containsOnlyKeys("").containsValue("kept");
		}
		assertThat(MDC.getCopyOfContextMap()).containsOnlyKeys("");
		assertThat(MdcScope.OFF.isOn()).isFalse();
		assertThat(this.scope.isOn()).isTrue();
	}

}
