package io.github.websocketkeepalive.logging;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MdcPropagation} and its {@link MdcAccessor}.
 */
class MdcPropagationTests {

	@AfterEach
	void clear() {
		MDC.clear();
	}

	@Test
	void carriesTheIdFromTheContextIntoMdc() {
		try (MdcPropagation propagation = new MdcPropagation("websocket")) {
			assertThat(propagation).isNotNull();
			assertThat(mdc("websocket")).isEqualTo("1");
		}
		assertThat(mdc("websocket")).isNull();
		assertThat(MDC.get("websocket")).isNull();
	}

	@Test
	void staysUntilTheLastApplicationHasEnded() {
		MdcPropagation first = new MdcPropagation("websocket");
		MdcPropagation second = new MdcPropagation("websocket");
		first.close();
		assertThat(mdc("websocket")).isEqualTo("1");
		second.close();
		assertThat(isRegistered()).isFalse();
	}

	@Test
	void servesTheKeyOfEachApplication() {
		MdcPropagation first = new MdcPropagation("websocket");
		MdcPropagation second = new MdcPropagation("ws");
		assertThat(mdc("websocket")).isEqualTo("1");
		assertThat(mdc("ws")).isEqualTo("1");
		first.close();
		assertThat(mdc("websocket")).isNull();
		assertThat(mdc("ws")).isEqualTo("1");
		second.close();
		assertThat(isRegistered()).isFalse();
	}

	@Test
	void captureTakesWhatIsThere() {
		ThreadLocalAccessor<String> accessor = MdcAccessor.INSTANCE;
		try (MdcPropagation propagation = new MdcPropagation("websocket")) {
			assertThat(propagation).isNotNull();
			assertThat(accessor.getValue()).isNull();
			accessor.setValue("1");
			assertThat(accessor.getValue()).isEqualTo("1");
			accessor.setValue();
			assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
		}
	}

	// "handle" restores what the context holds even without automatic propagation.
	private static String mdc(String key) {
		return Mono.just("any")
			.publishOn(Schedulers.parallel())
			.<String>handle((any, sink) -> sink.next(String.valueOf(MDC.get(key))))
			.contextWrite((context) -> context.put("websocket-keepalive.id", "1"))
			.filter((value) -> !value.equals("null"))
			.block();
	}

	private static boolean isRegistered() {
		return ContextRegistry.getInstance().getThreadLocalAccessors().contains(MdcAccessor.INSTANCE);
	}

}
