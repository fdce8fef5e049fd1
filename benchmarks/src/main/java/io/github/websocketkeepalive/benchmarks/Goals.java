package io.github.websocketkeepalive.benchmarks;

/**
 * Ends a benchmark in a way that tells a goal that was missed from a failure to measure,
 * after which Java ends with 1.
 */
final class Goals {

	/**
	 * The exit code after a goal was missed. {@code .ci/run} knows it.
	 */
	private static final int MISSED = 2;

	private Goals() {
	}

	static void exit(boolean reached) {
		System.exit(reached ? 0 : MISSED);
	}

}
