package io.github.websocketkeepalive.eventloop;

/**
 * Writes the stack of a thread as a stack trace is written.
 */
final class StackText {

	private StackText() {
	}

	static String of(Thread thread) {
		StringBuilder text = new StringBuilder();
		for (StackTraceElement frame : thread.getStackTrace()) {
			text.append(System.lineSeparator()).append("\tat ").append(frame);
		}
		return text.toString();
	}

}
