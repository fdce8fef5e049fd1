package io.github.websocketkeepalive.stream;

import org.reactivestreams.Publisher;

/**
 * Rows that can be read again from any place: a query, a file. A bean of this type is
 * offered to clients under the name of the bean. Nothing is kept in memory for it, and
 * its streams continue after a restart or on another instance.
 *
 * @param <T> what the rows are; written to clients by Jackson
 */
@FunctionalInterface
public interface ReplayableSource<T> {

	/**
	 * Read the rows from an offset on. The same request has to give the same rows in the
	 * same order for as long as the epoch is the same. Called on an event loop, which
	 * must not be blocked: what blocks belongs into the publisher, on a scheduler of its
	 * own.
	 * @param request what the client asked for; fail with a {@link StreamException} to
	 * refuse it
	 * @param offset how many rows to leave out
	 * @return the rows; asked for as many as the client takes, and cancelled when it goes
	 */
	Publisher<T> open(StreamRequest request, long offset);

	/**
	 * Return what names the present rows and their order. Change it when offsets that
	 * clients hold no longer mean what they meant. Called on an event loop, before the
	 * source is opened.
	 * @param request what the client asked for
	 * @return the epoch, the same on every instance
	 */
	default String epoch(StreamRequest request) {
		return "0";
	}

}
