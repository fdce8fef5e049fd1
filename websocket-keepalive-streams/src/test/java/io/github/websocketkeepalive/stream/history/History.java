package io.github.websocketkeepalive.stream.history;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What happened in a run, in the order in which it was seen. Thread-safe.
 */
final class History {

	private final List<Entry> entries = Collections.synchronizedList(new ArrayList<>());

	private final long start = System.nanoTime();

	void add(Event event) {
		synchronized (this.entries) {
			this.entries.add(new Entry((System.nanoTime() - this.start) / 1_000_000, event));
		}
	}

	List<Entry> entries() {
		synchronized (this.entries) {
			return List.copyOf(this.entries);
		}
	}

	/**
	 * An event and its time.
	 *
	 * @param millis milliseconds since the run began
	 * @param event what happened
	 */
	record Entry(long millis, Event event) {

		@Override
		public String toString() {
			return "%6d ms  %s".formatted(this.millis, this.event);
		}

	}

}
