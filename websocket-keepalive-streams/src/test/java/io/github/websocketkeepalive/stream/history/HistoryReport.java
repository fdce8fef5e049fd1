package io.github.websocketkeepalive.stream.history;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Tells what a run has shown: its seed, its schedule, and the first violations of each
 * kind with what happened right before.
 *
 * @param seed the seed of the run
 * @param history what happened
 * @param violations what is wrong with it
 */
record HistoryReport(long seed, List<History.Entry> history, List<Violation> violations) {

	private static final int MAX_OF_A_KIND = 2;

	private static final int EVENTS = 8;

	@Override
	public String toString() {
		StringBuilder text = new StringBuilder();
		text.append("%nSeed %d has %d violations. Its schedule:%n%s%n".formatted(this.seed, this.violations.size(),
				HistoryRun.schedule(this.seed)));
		Map<Violation.Kind, Integer> told = new EnumMap<>(Violation.Kind.class);
		for (Violation violation : this.violations) {
			if (told.merge(violation.kind(), 1, Integer::sum) <= MAX_OF_A_KIND) {
				text.append("%n%s, seed %d: %s%n".formatted(violation.kind(), this.seed, violation.sentence()));
				appendEvents(text, violation.index());
			}
		}
		return text.append("%nIn all: %s%n".formatted(told)).toString();
	}

	// Of the many events that happen at a time, those of the same subscriber or publisher
	// tell.
	private void appendEvents(StringBuilder text, int index) {
		String actor = this.history.get(index).event().actor();
		StringBuilder events = new StringBuilder();
		int count = 0;
		for (int i = index; i >= 0 && count < EVENTS; i--) {
			History.Entry entry = this.history.get(i);
			if (entry.event() instanceof Event.Faulted || entry.event().actor().equals(actor)) {
				events.insert(0, "%s%n".formatted(entry));
				count++;
			}
		}
		text.append(events);
	}

}
