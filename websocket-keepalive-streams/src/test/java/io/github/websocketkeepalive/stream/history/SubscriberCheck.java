package io.github.websocketkeepalive.stream.history;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.stream.StreamPosition;

/**
 * Follows one subscriber, which counts as a client does: within an epoch by offsets,
 * whatever it is told, and in another epoch it begins anew.
 */
final class SubscriberCheck {

	private final String name;

	private final List<Violation> violations;

	/**
	 * Offsets that were delivered since the epoch began for this subscriber.
	 */
	private final Set<Long> delivered = new HashSet<>();

	/**
	 * The position of the next message that is new to the subscriber.
	 */
	private @Nullable StreamPosition position;

	/**
	 * The position of the next message of the stream that is open.
	 */
	private @Nullable StreamPosition feed;

	private boolean connected;

	SubscriberCheck(String name, List<Violation> violations) {
		this.name = name;
		this.violations = violations;
	}

	String name() {
		return this.name;
	}

	@Nullable StreamPosition position() {
		return this.position;
	}

	boolean isConnected() {
		return this.connected;
	}

	void accept(int index, Event.OfSubscriber event) {
		if (event instanceof Event.Opening opening) {
			this.connected = true;
			this.feed = opening.from();
		}
		else if (event instanceof Event.Opened opened) {
			opened(index, opened);
		}
		else if (event instanceof Event.Received received) {
			received(index, received);
		}
		else if (event instanceof Event.Ended ended) {
			ended(index, ended);
		}
		else if (event instanceof Event.Left) {
			this.connected = false;
		}
	}

	private void opened(int index, Event.Opened opened) {
		StreamPosition feed = this.feed;
		StreamPosition next = opened.position();
		long missing = (opened.missing() != null) ? opened.missing() : 0;
		if (feed == null) {
			if (opened.recovered() || missing != 0) {
				wrongCount(index, opened, "it did not ask to continue anywhere");
			}
		}
		else if (!feed.epoch().equals(next.epoch())) {
			if (opened.recovered() || opened.missing() != null) {
				wrongCount(index, opened, "it comes from the epoch %s".formatted(feed.epoch()));
			}
		}
		else {
			long gap = next.offset() - feed.offset();
			if (missing != Math.max(0, gap) || (gap > 0 && opened.recovered())) {
				wrongCount(index, opened, "%d are missing from offset %d on".formatted(gap, feed.offset()));
			}
		}
		this.feed = next;
		moveTo(next);
	}

	private void wrongCount(int index, Event.Opened opened, String because) {
		report(Violation.Kind.WRONG_COUNT, index,
				"Subscriber %s was told recovered=%b and missing=%s at offset %d of epoch %s, but %s.".formatted(
						this.name, opened.recovered(), opened.missing(), opened.position().offset(),
						opened.position().epoch(), because));
	}

	private void moveTo(StreamPosition next) {
		StreamPosition position = this.position;
		if (position == null || !position.epoch().equals(next.epoch())) {
			this.delivered.clear();
			this.position = next;
		}
		else if (position.offset() < next.offset()) {
			this.position = next;
		}
	}

	private void received(int index, Event.Received received) {
		StreamPosition at = received.position();
		StreamPosition feed = this.feed;
		if (feed == null || !feed.epoch().equals(at.epoch())) {
			report(Violation.Kind.OUT_OF_ORDER, index, "Subscriber %s got %s at offset %d of epoch %s, where it is not."
				.formatted(this.name, received.message(), at.offset(), at.epoch()));
		}
		else if (at.offset() > feed.offset()) {
			report(Violation.Kind.LOST, index,
					"Subscriber %s got offset %d of epoch %s after offset %d, and no word of what lies between."
						.formatted(this.name, at.offset(), at.epoch(), feed.offset() - 1));
		}
		else if (at.offset() < feed.offset()) {
			boolean twice = this.delivered.contains(at.offset());
			report(twice ? Violation.Kind.DUPLICATE : Violation.Kind.OUT_OF_ORDER, index,
					"Subscriber %s got offset %d of epoch %s %s.".formatted(this.name, at.offset(), at.epoch(),
							twice ? "twice" : "after later ones"));
		}
		this.feed = new StreamPosition(at.epoch(), at.offset() + 1);
		moveTo(this.feed);
		this.delivered.add(at.offset());
	}

	// A client of a position that was never given out knows that it has to begin anew.
	private void ended(int index, Event.Ended ended) {
		this.connected = false;
		this.position = null;
		if (!ended.code().equals("bad-position")) {
			report(Violation.Kind.ENDED, index,
					"The stream of subscriber %s has ended: %s.".formatted(this.name, ended.code()));
		}
	}

	private void report(Violation.Kind kind, int index, String sentence) {
		this.violations.add(new Violation(kind, index, sentence));
	}

}
