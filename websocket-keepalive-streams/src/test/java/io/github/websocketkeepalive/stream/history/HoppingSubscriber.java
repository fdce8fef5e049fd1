package io.github.websocketkeepalive.stream.history;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.BaseSubscriber;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.stream.FeedSignal;
import io.github.websocketkeepalive.stream.StreamException;
import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.StreamRequest;
import io.github.websocketkeepalive.stream.protocol.EncodedItem;

/**
 * A client that goes from one instance to another and continues where it stopped.
 * Thread-safe.
 */
final class HoppingSubscriber {

	private static final StreamRequest REQUEST = new StreamRequest(Instance.TOPIC, Map.of(), null, Map.of());

	private final String name;

	private final History history;

	private @Nullable StreamPosition position;

	private @Nullable Visit visit;

	HoppingSubscriber(String name, History history) {
		this.name = name;
		this.history = history;
	}

	/**
	 * Return where the subscriber continues.
	 */
	synchronized @Nullable StreamPosition position() {
		return this.position;
	}

	/**
	 * Return where the subscriber is.
	 */
	synchronized @Nullable Instance instance() {
		return (this.visit != null) ? this.visit.instance : null;
	}

	void open(Instance instance) {
		Visit visit;
		StreamPosition from;
		synchronized (this) {
			from = this.position;
			visit = new Visit(instance);
			this.visit = visit;
			this.history.add(new Event.Opening(this.name, instance.name(), from));
		}
		instance.topic().open(REQUEST, from).subscribe(visit);
	}

	// Cancelled without the lock, since that may run tasks of the topic.
	void leave() {
		Visit visit;
		synchronized (this) {
			visit = this.visit;
			this.visit = null;
			if (visit != null) {
				this.history.add(new Event.Left(this.name));
			}
		}
		if (visit != null) {
			visit.cancel();
		}
	}

	private static Message message(FeedSignal.Item item) {
		byte[] json = ((EncodedItem) item.value()).json();
		return Message.parse(JsonMapper.shared().readValue(new String(json, StandardCharsets.UTF_8), String.class));
	}

	/**
	 * The time between an opening and a leaving.
	 */
	private final class Visit extends BaseSubscriber<FeedSignal> {

		private final Instance instance;

		private @Nullable StreamPosition next;

		Visit(Instance instance) {
			this.instance = instance;
		}

		@Override
		protected void hookOnNext(FeedSignal signal) {
			synchronized (HoppingSubscriber.this) {
				if (HoppingSubscriber.this.visit == this) {
					accept(signal);
				}
			}
		}

		private void accept(FeedSignal signal) {
			StreamPosition next = this.next;
			if (signal instanceof FeedSignal.Opened opened) {
				record(new Event.Opened(HoppingSubscriber.this.name, opened.position(), opened.recovered(),
						opened.missing()));
				this.next = opened.position();
				moveTo(opened.position());
			}
			else if (signal instanceof FeedSignal.Item item && next != null) {
				record(new Event.Received(HoppingSubscriber.this.name, next, message(item)));
				this.next = new StreamPosition(next.epoch(), next.offset() + 1);
				moveTo(this.next);
			}
		}

		private void record(Event event) {
			HoppingSubscriber.this.history.add(event);
		}

		// Within an epoch a client counts by offsets, and drops what it has.
		private void moveTo(StreamPosition next) {
			StreamPosition position = HoppingSubscriber.this.position;
			if (position == null || !position.epoch().equals(next.epoch()) || position.offset() < next.offset()) {
				HoppingSubscriber.this.position = next;
			}
		}

		@Override
		protected void hookOnError(Throwable failure) {
			synchronized (HoppingSubscriber.this) {
				if (HoppingSubscriber.this.visit == this) {
					String code = (failure instanceof StreamException ex) ? ex.getCode() : failure.toString();
					record(new Event.Ended(HoppingSubscriber.this.name, code));
					HoppingSubscriber.this.visit = null;
					HoppingSubscriber.this.position = null;
				}
			}
		}

	}

}
