package io.github.websocketkeepalive.abuse;

import java.util.Arrays;

/**
 * What a server tells of itself.
 *
 * @param heap bytes of live objects, after a collection
 * @param direct bytes of direct memory that are reserved
 * @param connections open TCP connections
 * @param webSockets open WebSockets
 * @param loops event loops that are alive
 * @param lines records of the log at level WARN and above so far
 * @param logged bytes of these records, with stack traces
 * @param forged records of any level with characters of a peer that act on a terminal
 */
record ServerReport(long heap, long direct, long connections, long webSockets, long loops, long lines, long logged,
		long forged) {

	static final String PREFIX = "report: ";

	static ServerReport parse(String line) {
		long[] values = Arrays.stream(line.substring(PREFIX.length()).split(" ")).mapToLong(Long::parseLong).toArray();
		return new ServerReport(values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7]);
	}

	String line() {
		return PREFIX + this.heap + " " + this.direct + " " + this.connections + " " + this.webSockets + " "
				+ this.loops + " " + this.lines + " " + this.logged + " " + this.forged;
	}

	long memory() {
		return this.heap + this.direct;
	}

}
