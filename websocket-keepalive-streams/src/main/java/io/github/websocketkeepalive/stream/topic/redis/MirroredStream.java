package io.github.websocketkeepalive.stream.topic.redis;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.topic.TopicMirror;

/**
 * Brings a stream of Redis into a mirror: each entry once, in order, whichever way it
 * comes. Takes entries of an epoch only after Redis has named it as the present one,
 * since anybody can write entries. Without Redis, the mirror goes on under an epoch of
 * this instance. Belongs to the tasks of the mirror.
 */
final class MirroredStream {

	private final TopicMirror mirror;

	private final AppendQueue queue;

	private volatile KnownEnd known = KnownEnd.NOTHING;

	private boolean local;

	MirroredStream(TopicMirror mirror, AppendQueue queue) {
		this.mirror = mirror;
		this.queue = queue;
	}

	// The place in Redis up to which everything has come in. On any thread.
	KnownEnd known() {
		return this.known;
	}

	// Takes in the end of the stream, and whatever is there before it.
	void apply(TopicScript.Reply reply, List<TopicEntry> entries) {
		StreamPosition next = reply.end().position();
		if (isPast(next.epoch())) {
			return;
		}
		List<TopicEntry> present = entries.stream()
			.filter((entry) -> entry.position().epoch().equals(next.epoch()))
			.toList();
		if (!isKnown(next.epoch())) {
			begin(present.isEmpty() ? reply.end() : new KnownEnd(present.get(0).position(), ""));
		}
		present.forEach((entry) -> apply(entry, reply.micros() - entry.micros()));
		if (next.offset() > offset()) {
			skipTo(reply.end());
		}
	}

	// Takes in what has just been appended. Its age is not asked of the clock of Redis,
	// which may have been set. Tells whether the entry belongs to the known epoch.
	boolean apply(TopicEntry entry) {
		if (this.local || !isKnown(entry.position().epoch())) {
			return false;
		}
		apply(entry, 0);
		return true;
	}

	private void apply(TopicEntry entry, long ageMicros) {
		StreamPosition position = entry.position();
		if (position.offset() < offset()) {
			return;
		}
		if (position.offset() > offset()) {
			skipTo(new KnownEnd(position, ""));
		}
		this.mirror.append(entry.json(), TimeUnit.MICROSECONDS.toNanos(Math.max(0, ageMicros)));
		this.known = new KnownEnd(new StreamPosition(position.epoch(), position.offset() + 1), entry.name());
		this.queue.seen(entry.name(), position);
	}

	private long offset() {
		return this.known.position().offset();
	}

	private boolean isKnown(String epoch) {
		return epoch.equals(this.known.position().epoch());
	}

	// Epochs that Redis has named are numbers that grow.
	private boolean isPast(String epoch) {
		String known = this.known.position().epoch();
		return !known.isEmpty() && Long.parseLong(epoch) < Long.parseLong(known);
	}

	private void begin(KnownEnd end) {
		this.mirror.begin(end.position().epoch(), end.position().offset());
		this.known = end;
		this.local = false;
	}

	private void skipTo(KnownEnd end) {
		this.mirror.skipTo(end.position().offset());
		this.known = end;
	}

	boolean hasBegun() {
		return this.mirror.position() != null;
	}

	void beginLocally() {
		if (!this.local) {
			this.mirror.begin(UUID.randomUUID().toString(), 0);
			this.local = true;
		}
	}

	StreamPosition appendLocally(byte[] json) {
		beginLocally();
		return this.mirror.append(json, 0);
	}

}
