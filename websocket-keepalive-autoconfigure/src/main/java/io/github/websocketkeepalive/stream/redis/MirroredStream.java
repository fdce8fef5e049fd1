package io.github.websocketkeepalive.stream.redis;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.store.TopicMirror;

/**
 * Brings a stream of Redis into a mirror: each entry once, in order, whichever way it
 * comes. Without Redis, the mirror goes on under an epoch of this instance. Belongs to
 * the tasks of the mirror.
 */
final class MirroredStream {

	private final TopicMirror mirror;

	private final AppendQueue queue;

	private volatile StreamPosition known = new StreamPosition("", 0);

	private boolean local;

	MirroredStream(TopicMirror mirror, AppendQueue queue) {
		this.mirror = mirror;
		this.queue = queue;
	}

	// The place in Redis up to which everything has come in. On any thread.
	StreamPosition known() {
		return this.known;
	}

	// Takes in the position of the stream, and whatever is there before it.
	void apply(TopicScript.Reply reply, List<TopicEntry> entries) {
		StreamPosition next = reply.position();
		if (next == null || isPast(next.epoch())) {
			return;
		}
		if (!isKnown(next.epoch())) {
			begin(entries.isEmpty() ? next : entries.get(0).position());
		}
		entries.forEach((entry) -> apply(entry, reply.micros() - entry.micros()));
		if (isKnown(next.epoch()) && next.offset() > this.known.offset()) {
			skipTo(next);
		}
	}

	// Takes in what has just been appended. Its age is not asked of the clock of Redis,
	// which may have been set.
	void apply(TopicEntry entry) {
		apply(entry, 0);
	}

	private void apply(TopicEntry entry, long ageMicros) {
		StreamPosition position = entry.position();
		if (isPast(position.epoch())) {
			return;
		}
		if (!isKnown(position.epoch())) {
			begin(position);
		}
		if (position.offset() > this.known.offset()) {
			skipTo(position);
		}
		if (position.equals(this.known)) {
			this.mirror.append(entry.json(), TimeUnit.MICROSECONDS.toNanos(Math.max(0, ageMicros)));
			this.known = new StreamPosition(position.epoch(), position.offset() + 1);
			this.queue.seen(entry.id(), position);
		}
	}

	private boolean isKnown(String epoch) {
		return epoch.equals(this.known.epoch());
	}

	// Epochs in Redis are numbers that grow.
	private boolean isPast(String epoch) {
		return !this.known.epoch().isEmpty() && Long.parseLong(epoch) < Long.parseLong(this.known.epoch());
	}

	private void begin(StreamPosition position) {
		this.mirror.begin(position.epoch(), position.offset());
		this.known = position;
		this.local = false;
	}

	private void skipTo(StreamPosition position) {
		this.mirror.skipTo(position.offset());
		this.known = position;
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
