package io.github.websocketkeepalive.stream.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds what is wrong in a history: nothing that was published may be lost in silence.
 */
final class HistoryChecker {

	private HistoryChecker() {
	}

	static List<Violation> check(List<History.Entry> history) {
		List<Violation> violations = new ArrayList<>();
		PlaceCheck places = new PlaceCheck(violations);
		AnswerCheck answers = new AnswerCheck(violations);
		Map<String, SubscriberCheck> subscribers = new TreeMap<>();
		for (int index = 0; index < history.size(); index++) {
			History.Entry entry = history.get(index);
			places.accept(index, entry.event());
			answers.accept(index, entry);
			if (entry.event() instanceof Event.OfSubscriber event) {
				subscribers.computeIfAbsent(event.subscriber(), (name) -> new SubscriberCheck(name, violations))
					.accept(index, event);
			}
		}
		places.end();
		answers.end(history.get(history.size() - 1).millis());
		new ConvergenceCheck(violations).check(history, subscribers.values());
		return violations;
	}

}
