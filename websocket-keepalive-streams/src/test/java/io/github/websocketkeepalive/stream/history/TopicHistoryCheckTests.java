package io.github.websocketkeepalive.stream.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs topics through schedules of faults. {@code -Dhistory.seed} names the first seed,
 * and {@code -Dhistory.seeds} says how many there are.
 */
@Tag("slow")
class TopicHistoryCheckTests {

	private static final Logger logger = LoggerFactory.getLogger(TopicHistoryCheckTests.class);

	private static final long FIRST = Long.getLong("history.seed", 1);

	private static final int SEEDS = Integer.getInteger("history.seeds", 20);

	/**
	 * Runs wait most of their time.
	 */
	private static final int SIDE_BY_SIDE = 6;

	@Test
	void nothingThatWasPublishedIsLostInSilence() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(SIDE_BY_SIDE);
		try {
			Map<Long, Future<List<String>>> runs = new LinkedHashMap<>();
			LongStream.range(FIRST, FIRST + SEEDS).forEach((seed) -> runs.put(seed, threads.submit(check(seed))));
			List<String> failures = new ArrayList<>();
			for (Map.Entry<Long, Future<List<String>>> run : runs.entrySet()) {
				failures.addAll(run.getValue().get());
			}
			assertThat(failures).isEmpty();
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static Callable<List<String>> check(long seed) {
		return () -> {
			List<History.Entry> history = HistoryRun.run(seed);
			List<Violation> violations = HistoryChecker.check(history);
			logger.info("Seed {}: {} events, {} violations", seed, history.size(), violations.size());
			return violations.isEmpty() ? List.of() : List.of(new HistoryReport(seed, history, violations).toString());
		};
	}

}
