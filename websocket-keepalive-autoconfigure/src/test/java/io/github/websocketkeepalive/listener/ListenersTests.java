package io.github.websocketkeepalive.listener;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ListenersTests {

	private final CallbackFailures failures = new CallbackFailures();

	private final List<String> heard = new ArrayList<>();

	@ParameterizedTest
	@ValueSource(classes = { IllegalStateException.class, NoClassDefFoundError.class, AssertionError.class,
			OutOfMemoryError.class, StackOverflowError.class })
	void aListenerThatThrowsKeepsTheEventFromNobody(Class<? extends Throwable> type) throws Exception {
		Throwable failure = type.getConstructor().newInstance();
		tell(List.of((event) -> sneak(failure), this.heard::add), "opened");
		assertThat(this.heard).containsExactly("opened");
		assertThat(this.failures.count(Listener.class)).isOne();
	}

	@Test
	void aListenerThatFailsAThousandTimesIsLoggedOnce(CapturedOutput output) {
		Listener listener = (event) -> {
			throw new IllegalStateException("broken");
		};
		for (int time = 0; time < 1000; time++) {
			tell(List.of(listener), "opened");
		}
		assertThat(this.failures.count(Listener.class)).isEqualTo(1000);
		assertThat(output.getOut().lines().filter((line) -> line.contains("has failed"))).hasSize(1);
	}

	@Test
	void aFailureWithoutMemoryToLogItIsCounted() {
		Throwable failure = new IllegalStateException() {

			@Override
			public String getMessage() {
				throw new OutOfMemoryError();
			}

		};
		tell(List.of((event) -> sneak(failure), this.heard::add), "opened");
		assertThat(this.heard).containsExactly("opened");
		assertThat(this.failures.count(Listener.class)).isOne();
	}

	@Test
	void listenersAreAskedForOnce() {
		List<Integer> asked = new ArrayList<>();
		Listeners<Listener> listeners = new Listeners<>(Listener.class, () -> {
			asked.add(1);
			return List.of(this.heard::add);
		}, this.failures);
		assertThat(asked).isEmpty();
		listeners.tell((listener) -> listener.on("opened"));
		listeners.tell((listener) -> listener.on("closed"));
		assertThat(asked).hasSize(1);
		assertThat(this.heard).containsExactly("opened", "closed");
	}

	@Test
	void listenersThatCannotBeHadAreCountedAndAskedForAgain() {
		List<Integer> asked = new ArrayList<>();
		Listeners<Listener> listeners = new Listeners<>(Listener.class, () -> {
			asked.add(1);
			if (asked.size() == 1) {
				throw new NoClassDefFoundError();
			}
			return List.of(this.heard::add);
		}, this.failures);
		listeners.tell((listener) -> listener.on("opened"));
		listeners.tell((listener) -> listener.on("closed"));
		assertThat(this.heard).containsExactly("closed");
		assertThat(this.failures.count(Listener.class)).isOne();
	}

	private void tell(List<Listener> listeners, String event) {
		new Listeners<>(Listener.class, () -> listeners, this.failures).tell((listener) -> listener.on(event));
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void sneak(Throwable failure) throws T {
		throw (T) failure;
	}

	private interface Listener {

		void on(String event);

	}

}
