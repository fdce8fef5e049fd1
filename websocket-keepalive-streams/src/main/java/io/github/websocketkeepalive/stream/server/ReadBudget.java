package io.github.websocketkeepalive.stream.server;

import java.util.function.IntSupplier;

import io.github.websocketkeepalive.stream.StreamPolicy;

/**
 * What all streams of a connection may hold of rows that are not sent yet, shared
 * equally: one half is for rows that were asked for and are not encoded, and an eighth
 * for those that are encoded and wait. The rest is for messages on their way. Not
 * thread-safe.
 */
final class ReadBudget {

	private final int maxBytes;

	private final IntSupplier streams;

	private int encodedBytes;

	/**
	 * Create the budget of a connection.
	 * @param policy tells how large it is
	 * @param streams returns how many streams share it
	 */
	ReadBudget(StreamPolicy policy, IntSupplier streams) {
		this.maxBytes = policy.maxBuffered();
		this.streams = streams;
	}

	/**
	 * Return what the rows may weigh that one stream has asked for and not encoded.
	 * @return the number of bytes
	 */
	int askedShare() {
		return this.maxBytes / 2 / streams();
	}

	/**
	 * Return how many encoded bytes of one stream may wait.
	 * @param own how many of them wait already
	 * @return the number of bytes
	 */
	int encodedShare(int own) {
		int most = this.maxBytes / 8;
		return Math.min(most / streams(), Math.max(0, most - this.encodedBytes + own));
	}

	/**
	 * Note that encoded bytes wait, or no longer do.
	 * @param bytes how many more
	 */
	void holds(int bytes) {
		this.encodedBytes += bytes;
	}

	private int streams() {
		return Math.max(1, this.streams.getAsInt());
	}

}
