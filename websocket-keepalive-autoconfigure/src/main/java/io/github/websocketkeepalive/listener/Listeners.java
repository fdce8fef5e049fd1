package io.github.websocketkeepalive.listener;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Tells all listeners of one type. None of them keeps an event from the others or from
 * whoever tells it, whatever it throws. Thread-safe.
 *
 * @param <T> the type of the listeners
 */
public final class Listeners<T> {

	private final Class<T> type;

	private final Supplier<? extends List<? extends T>> supplier;

	private final CallbackFailures failures;

	private volatile @Nullable List<T> listeners;

	/**
	 * Create listeners.
	 * @param type the type of the listeners
	 * @param listeners the listeners, in order; asked for when there is something to
	 * tell, so that a listener may know who tells it
	 * @param failures takes what they throw
	 */
	public Listeners(Class<T> type, Supplier<? extends List<? extends T>> listeners, CallbackFailures failures) {
		this.type = type;
		this.supplier = listeners;
		this.failures = failures;
	}

	/**
	 * Create listeners that are known already.
	 * @param type the type of the listeners
	 * @param listeners the listeners, in order
	 * @param failures takes what they throw
	 */
	public Listeners(Class<T> type, List<? extends T> listeners, CallbackFailures failures) {
		this(type, () -> listeners, failures);
	}

	/**
	 * Tell every listener of an event, on the present thread. Throws nothing.
	 * @param event calls a listener
	 */
	public void tell(Consumer<? super T> event) {
		List<T> told;
		try {
			told = listeners();
		}
		catch (Throwable ex) {
			this.failures.failed(this.type, this.supplier, ex);
			return;
		}
		for (int index = 0; index < told.size(); index++) {
			T listener = told.get(index);
			try {
				event.accept(listener);
			}
			catch (Throwable ex) {
				this.failures.failed(this.type, listener, ex);
			}
		}
	}

	private List<T> listeners() {
		List<T> listeners = this.listeners;
		if (listeners == null) {
			listeners = List.copyOf(this.supplier.get());
			this.listeners = listeners;
		}
		return listeners;
	}

}
