package io.github.websocketkeepalive.stream.history;

/**
 * A message that is published once.
 *
 * @param publisher the instance that publishes it
 * @param number counts the messages of this publisher, in the order of their publishing
 */
record Message(String publisher, long number) {

	static Message parse(String text) {
		int separator = text.indexOf('-');
		return new Message(text.substring(0, separator), Long.parseLong(text.substring(separator + 1)));
	}

	@Override
	public String toString() {
		return this.publisher + "-" + this.number;
	}

}
