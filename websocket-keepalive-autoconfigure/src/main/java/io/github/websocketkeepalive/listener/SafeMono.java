package io.github.websocketkeepalive.listener;

import java.util.function.Supplier;

import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Signal;
import reactor.util.context.Context;

/**
 * Makes a {@link Mono} of the application safe to subscribe to. Reactor throws errors of
 * the virtual machine and of linkage to whoever subscribes, where other failures are
 * signalled.
 */
public final class SafeMono {

	private SafeMono() {
	}

	/**
	 * Defer a call as {@link Mono#defer} does, and signal whatever the call or its result
	 * throws.
	 * @param call returns the result
	 * @param <T> the type of the result
	 * @return the result; subscribing to it throws nothing
	 */
	public static <T> Mono<T> defer(Supplier<Mono<T>> call) {
		return Mono.create((sink) -> {
			try {
				sink.onDispose(call.get()
					.materialize()
					.subscribe((signal) -> pass(signal, sink), sink::error, null, Context.of(sink.contextView())));
			}
			catch (Throwable ex) {
				sink.error((ex instanceof Exception) ? ex : new IllegalStateException("A callback has failed", ex));
			}
		});
	}

	private static <T> void pass(Signal<T> signal, MonoSink<T> sink) {
		Throwable failure = signal.getThrowable();
		if (failure != null) {
			sink.error(failure);
		}
		else {
			sink.success(signal.get());
		}
	}

}
