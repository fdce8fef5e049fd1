package io.github.websocketkeepalive.stream.codec;

import io.netty.buffer.ByteBuf;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;

/**
 * A format that Jackson reads and writes tokens in. Thread-safe.
 */
interface Format {

	/**
	 * How deep objects and arrays may be nested in what is read.
	 */
	int MAX_DEPTH = 64;

	/**
	 * How many digits or bytes a number may have.
	 */
	int MAX_NUMBER_LENGTH = 1000;

	/**
	 * How many bytes the name of a field may have. Jackson keeps names that it has read,
	 * thousands of them, for all clients.
	 */
	int MAX_NAME_LENGTH = 1000;

	/**
	 * Limits on what is read. Messages themselves are limited where they are received.
	 */
	StreamReadConstraints CONSTRAINTS = StreamReadConstraints.builder()
		.maxNestingDepth(MAX_DEPTH)
		.maxNumberLength(MAX_NUMBER_LENGTH)
		.maxNameLength(MAX_NAME_LENGTH)
		.build();

	/**
	 * Return what the format is called.
	 * @return the name, as it stands in messages
	 */
	String name();

	/**
	 * Return what kind of message carries the format.
	 * @return {@code true} for binary, {@code false} for text
	 */
	boolean binary();

	/**
	 * Read a message.
	 * @param message the message, which is not released
	 * @return its tokens; to be closed
	 * @throws RuntimeException if the message makes no sense
	 */
	JsonParser parser(ByteBuf message);

	/**
	 * Read a message of a client, in which few values are expected.
	 * @param message the message, which is not released
	 * @param maxValues how many values and names there may be where all of them are read
	 * before the first is looked at
	 * @return its tokens; to be closed
	 * @throws RuntimeException if the message makes no sense
	 */
	default JsonParser parser(ByteBuf message, int maxValues) {
		return parser(message);
	}

	/**
	 * Append to a message. Values may follow one another with nothing in between.
	 * @param message what is appended to by {@link JsonGenerator#flush()}
	 * @return what writes tokens; to be closed
	 */
	JsonGenerator generator(ByteBuf message);

	/**
	 * Append a whole number.
	 * @param message what is appended to
	 * @param number the number, which is not negative
	 */
	void writeNumber(ByteBuf message, long number);

	/**
	 * Turn an empty array that ends a message into one that items can be appended to.
	 * @param message ends with an empty array in one object
	 */
	void openItems(ByteBuf message);

	/**
	 * Close the array of items, and the object that it is in.
	 * @param message ends with the last item
	 * @param start index of the first item in the message
	 * @param count how many items there are
	 */
	void closeItems(ByteBuf message, int start, int count);

}
