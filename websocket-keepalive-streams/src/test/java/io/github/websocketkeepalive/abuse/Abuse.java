package io.github.websocketkeepalive.abuse;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * What each attacker of a case does: how it opens connections, what it sends on each of
 * them, and how much it reads. Whoever is sent away comes back.
 */
final class Abuse {

	private static final Duration RETURN = Duration.ofMillis(100);

	private final String name;

	private String path = "/echo";

	private List<String> headers = List.of();

	private Function<Frames, Script> script = (frames) -> (piece) -> null;

	private Duration pause = Duration.ofMillis(50);

	private Duration pauseBeforeReturn = RETURN;

	private Reading reading = Reading.ALL;

	private boolean handshakes = true;

	private boolean leaves;

	private int streams = 1;

	private byte @Nullable [] violation;

	private long growth = 1024 * 1024;

	private Set<Wire> wires = EnumSet.of(Wire.HTTP1, Wire.HTTP2);

	private Abuse(String name) {
		this.name = name;
	}

	static Abuse of(String name) {
		return new Abuse(name);
	}

	/**
	 * Say where the attacker connects to, and with which headers besides those of the
	 * handshake.
	 */
	Abuse at(String path, String... headers) {
		this.path = path;
		this.headers = List.of(headers);
		return this;
	}

	/**
	 * Say what is sent after the handshake: one piece after the other.
	 */
	Abuse sends(Function<Frames, Script> script) {
		this.script = script;
		return this;
	}

	/**
	 * Say what is sent instead of a handshake.
	 */
	Abuse sendsInsteadOfHandshake(Script script) {
		this.handshakes = false;
		return sends((frames) -> script);
	}

	/**
	 * Say how long the attacker pauses after each piece.
	 */
	Abuse every(Duration pause) {
		this.pause = pause;
		return this;
	}

	Abuse reads(Reading reading) {
		this.reading = reading;
		return this;
	}

	/**
	 * Have the attacker reset the connection after the last piece, and come back at once.
	 */
	Abuse leaves() {
		this.leaves = true;
		return returnsAfter(Duration.ofMillis(10));
	}

	/**
	 * Say how long an attacker stays away when it has been sent away.
	 */
	Abuse returnsAfter(Duration pause) {
		this.pauseBeforeReturn = pause;
		return this;
	}

	/**
	 * Have the attacker open many WebSockets on one connection of HTTP/2, and then break
	 * the protocol of that connection.
	 */
	Abuse violates(int streams, byte[] frame) {
		this.streams = streams;
		this.violation = frame;
		return this;
	}

	/**
	 * Say by how much the memory of the server may grow for each attacker.
	 */
	Abuse mayTake(long bytes) {
		this.growth = bytes;
		return this;
	}

	Abuse on(Wire first, Wire... more) {
		this.wires = EnumSet.of(first, more);
		return this;
	}

	String name() {
		return this.name;
	}

	long growth() {
		return this.growth;
	}

	String path() {
		return this.path;
	}

	List<String> headers() {
		return this.headers;
	}

	Script script(Wire wire) {
		return this.script.apply(new Frames(wire));
	}

	Duration pause() {
		return this.pause;
	}

	Duration pauseBeforeReturn() {
		return this.pauseBeforeReturn;
	}

	Reading reading() {
		return this.reading;
	}

	boolean isHandshaking() {
		return this.handshakes;
	}

	boolean isLeaving() {
		return this.leaves;
	}

	int streams() {
		return this.streams;
	}

	byte @Nullable [] violation() {
		return this.violation;
	}

	Set<Wire> wires() {
		return this.wires;
	}

	/**
	 * What is sent on a connection.
	 */
	@FunctionalInterface
	interface Script {

		/**
		 * Return what is sent next.
		 * @param piece how many pieces were sent before
		 * @return the bytes, or {@code null} if that was all
		 */
		byte @Nullable [] next(int piece);

	}

	/**
	 * How much an attacker reads after the handshake.
	 */
	enum Reading {

		/** Everything, at once. */
		ALL,

		/** One kilobyte a second. */
		SLOW,

		/** The first 64 kilobytes. */
		BEGINNING,

		/** Nothing. */
		NONE

	}

}
