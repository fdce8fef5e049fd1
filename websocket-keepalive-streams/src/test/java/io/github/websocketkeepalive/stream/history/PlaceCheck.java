package io.github.websocketkeepalive.stream.history;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.github.websocketkeepalive.stream.StreamPosition;

/**
 * Compares what publishers and subscribers say of positions: each stands for one message,
 * each message has one position in an epoch, and messages of a publisher keep their
 * order.
 */
final class PlaceCheck {

	private final List<Violation> violations;

	private final Map<String, TreeMap<Long, Sighting>> epochs = new HashMap<>();

	private final Map<String, Map<Message, Long>> offsets = new HashMap<>();

	private final Set<StreamPosition> disputed = new HashSet<>();

	PlaceCheck(List<Violation> violations) {
		this.violations = violations;
	}

	void accept(int index, Event event) {
		if (event instanceof Event.Placed placed) {
			see(placed.position(), new Sighting(index, placed.message(), "its publisher"));
		}
		else if (event instanceof Event.Received received) {
			see(received.position(), new Sighting(index, received.message(), "subscriber " + received.subscriber()));
		}
	}

	private void see(StreamPosition position, Sighting sighting) {
		Sighting before = this.epochs.computeIfAbsent(position.epoch(), (epoch) -> new TreeMap<>())
			.putIfAbsent(position.offset(), sighting);
		if (before != null && !before.message.equals(sighting.message)) {
			if (this.disputed.add(position)) {
				report(Violation.Kind.TWO_MESSAGES, sighting,
						"Offset %d of epoch %s is %s to %s, and %s to %s.".formatted(position.offset(),
								position.epoch(), before.message, before.source, sighting.message, sighting.source));
			}
			return;
		}
		Long other = this.offsets.computeIfAbsent(position.epoch(), (epoch) -> new HashMap<>())
			.putIfAbsent(sighting.message, position.offset());
		if (other != null && other != position.offset()) {
			report(Violation.Kind.DUPLICATE, sighting, "Message %s is at offset %d and at offset %d of epoch %s."
				.formatted(sighting.message, other, position.offset(), position.epoch()));
		}
	}

	void end() {
		this.epochs.forEach(this::checkOrder);
	}

	private void checkOrder(String epoch, TreeMap<Long, Sighting> sightings) {
		Map<String, Sighting> latest = new HashMap<>();
		sightings.forEach((offset, sighting) -> {
			if (this.disputed.contains(new StreamPosition(epoch, offset))) {
				return;
			}
			Sighting before = latest.put(sighting.message.publisher(), sighting);
			if (before != null && before.message.number() > sighting.message.number()) {
				report(Violation.Kind.OUT_OF_ORDER, sighting, "Message %s is at offset %d of epoch %s, behind %s."
					.formatted(sighting.message, offset, epoch, before.message));
			}
		});
	}

	private void report(Violation.Kind kind, Sighting sighting, String sentence) {
		this.violations.add(new Violation(kind, sighting.index, sentence));
	}

	private record Sighting(int index, Message message, String source) {
	}

}
