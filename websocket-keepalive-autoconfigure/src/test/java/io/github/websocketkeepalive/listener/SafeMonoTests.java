package io.github.websocketkeepalive.listener;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class SafeMonoTests {

	@Test
	void aResultIsPassedOn() {
		StepVerifier.create(SafeMono.defer(() -> Mono.just("result"))).expectNext("result").verifyComplete();
		StepVerifier.create(SafeMono.defer(Mono::empty)).verifyComplete();
	}

	@Test
	void theContextIsPassedUp() {
		Mono<String> result = SafeMono
			.defer(() -> Mono.deferContextual((context) -> Mono.just(context.<String>get("key"))));
		StepVerifier.create(result.contextWrite((context) -> context.put("key", "value")))
			.expectNext("value")
			.verifyComplete();
	}

	@ParameterizedTest
	@ValueSource(classes = { IllegalStateException.class, NoClassDefFoundError.class, AssertionError.class,
			OutOfMemoryError.class })
	void whateverIsThrownIsSignalled(Class<? extends Throwable> type) throws Exception {
		Throwable failure = type.getConstructor().newInstance();
		StepVerifier.create(SafeMono.<String>defer(() -> sneak(failure)))
			.verifyErrorMatches((error) -> error == failure || error.getCause() == failure);
		StepVerifier.create(SafeMono.<String>defer(() -> Mono.fromSupplier(() -> sneak(failure))))
			.verifyErrorMatches((error) -> error == failure || error.getCause() == failure);
	}

	@SuppressWarnings("unchecked")
	private static <R, T extends Throwable> R sneak(Throwable failure) throws T {
		throw (T) failure;
	}

}
