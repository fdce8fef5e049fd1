package io.github.websocketkeepalive.stream.history;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.stream.StreamPosition;

/**
 * Checks the end of a history: all instances publish in one epoch again, and every
 * subscriber that is connected has got as far as they have.
 */
final class ConvergenceCheck {

	private final List<Violation> violations;

	ConvergenceCheck(List<Violation> violations) {
		this.violations = violations;
	}

	void check(List<History.Entry> history, Collection<SubscriberCheck> subscribers) {
		int last = history.size() - 1;
		Map<String, Event.@Nullable Placed> latest = latestSinceHealed(history);
		if (latest.isEmpty()) {
			return;
		}
		Set<String> epochs = new TreeSet<>();
		latest.forEach((instance, placed) -> {
			if (placed == null) {
				report(Violation.Kind.NOT_HEALED, last,
						"Nothing that instance %s published since all was healed has a place.".formatted(instance));
			}
			else {
				epochs.add(placed.position().epoch());
			}
		});
		if (epochs.size() > 1) {
			report(Violation.Kind.NOT_HEALED, last, "Instances publish in different epochs though all is healed: %s."
				.formatted(String.join(" and ", epochs)));
		}
		else if (!epochs.isEmpty()) {
			String epoch = epochs.iterator().next();
			Event.Placed top = top(history, epoch);
			subscribers.forEach((subscriber) -> check(last, subscriber, top));
		}
	}

	private void check(int last, SubscriberCheck subscriber, Event.Placed top) {
		StreamPosition position = subscriber.position();
		if (!subscriber.isConnected()) {
			return;
		}
		if (position == null || !position.epoch().equals(top.position().epoch())) {
			report(Violation.Kind.NOT_HEALED, last,
					"Subscriber %s is in %s in the end, but instances publish in epoch %s.".formatted(subscriber.name(),
							(position != null) ? "epoch " + position.epoch() : "no epoch", top.position().epoch()));
		}
		else if (position.offset() <= top.position().offset()) {
			report(Violation.Kind.LOST, last,
					"Subscriber %s was connected to the end, but %s at offset %d of epoch %s did not come; it waits for offset %d."
						.formatted(subscriber.name(), top.message(), top.position().offset(), top.position().epoch(),
								position.offset()));
		}
	}

	// Empty if the run was not healed.
	private static Map<String, Event.@Nullable Placed> latestSinceHealed(List<History.Entry> history) {
		Map<String, Event.@Nullable Placed> latest = new TreeMap<>();
		Set<Message> since = new HashSet<>();
		boolean healed = false;
		for (History.Entry entry : history) {
			Event event = entry.event();
			if (event instanceof Event.Started started) {
				latest.put(started.instance(), null);
			}
			else if (event instanceof Event.Killed killed) {
				latest.remove(killed.instance());
			}
			else if (event instanceof Event.Healed) {
				healed = true;
			}
			else if (event instanceof Event.Published published && healed) {
				since.add(published.message());
			}
			else if (event instanceof Event.Placed placed && since.contains(placed.message())) {
				latest.replace(placed.message().publisher(), placed);
			}
		}
		return healed ? latest : Map.of();
	}

	private static Event.Placed top(List<History.Entry> history, String epoch) {
		Event.Placed top = null;
		for (History.Entry entry : history) {
			if (entry.event() instanceof Event.Placed placed && placed.position().epoch().equals(epoch)
					&& (top == null || top.position().offset() < placed.position().offset())) {
				top = placed;
			}
		}
		return Objects.requireNonNull(top);
	}

	private void report(Violation.Kind kind, int index, String sentence) {
		this.violations.add(new Violation(kind, index, sentence));
	}

}
