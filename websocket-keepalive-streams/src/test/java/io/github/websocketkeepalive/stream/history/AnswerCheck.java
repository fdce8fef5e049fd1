package io.github.websocketkeepalive.stream.history;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Finds publishes that hang though nothing is at fault: for a while their publisher gets
 * no answer at all, or they have none in the end. An instance that is merely slow answers
 * one after the other. Nobody waits for answers of an instance that was killed.
 */
final class AnswerCheck {

	private static final long PATIENCE_MILLIS = 10_000;

	private final List<Violation> violations;

	private final Map<Message, Question> waiting = new HashMap<>();

	private final Map<String, Long> answers = new HashMap<>();

	private long healed = Long.MAX_VALUE;

	AnswerCheck(List<Violation> violations) {
		this.violations = violations;
	}

	void accept(int index, History.Entry entry) {
		Event event = entry.event();
		if (event instanceof Event.Published published) {
			this.waiting.put(published.message(), new Question(index, entry.millis()));
		}
		else if (event instanceof Event.OfPublish answer) {
			answered(answer.message(), entry.millis());
		}
		else if (event instanceof Event.Killed killed) {
			this.waiting.keySet().removeIf((message) -> message.publisher().equals(killed.instance()));
		}
		else if (event instanceof Event.Healed) {
			this.healed = entry.millis();
		}
	}

	private void answered(Message message, long millis) {
		Question question = this.waiting.remove(message);
		Long before = this.answers.put(message.publisher(), millis);
		if (question != null && isLate(question, millis) && isLate(before, millis)) {
			report(question, "The publish of %s was answered %d ms after all was healed.".formatted(message,
					millis - this.healed));
		}
	}

	private boolean isLate(@Nullable Long since, long millis) {
		return since == null || millis - since > PATIENCE_MILLIS;
	}

	private boolean isLate(Question question, long millis) {
		return this.healed <= millis && isLate(Math.max(question.millis, this.healed), millis);
	}

	void end(long millis) {
		this.waiting.forEach((message, question) -> {
			if (isLate(question, millis)) {
				report(question, "The publish of %s was never answered.".formatted(message));
			}
		});
	}

	private void report(Question question, String sentence) {
		this.violations.add(new Violation(Violation.Kind.HANG, question.index, sentence));
	}

	private record Question(int index, long millis) {
	}

}
