package io.github.websocketkeepalive.fault;

import java.io.IOException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.StreamServers;

/**
 * Sessions whose clients close, vanish and come back in generated orders, while Redis is
 * slow at times.
 */
@ExtendWith(LeakDetection.class)
class SessionScheduleTests {

	@ParameterizedTest
	@EnumSource
	void noTokenIsGoodTwiceAndWhatWasGivenUpComesBackAtOnce(StreamServers.Kind kind) throws IOException {
		run(kind, 1, 15);
	}

	@ParameterizedTest
	@EnumSource
	@Tag("slow")
	void noTokenIsGoodTwiceInLongSchedules(StreamServers.Kind kind) throws IOException {
		run(kind, 4, 40);
	}

	private static void run(StreamServers.Kind kind, int schedules, int steps) throws IOException {
		try (StreamServers servers = StreamServers.start(kind)) {
			for (int seed = 1; seed <= schedules; seed++) {
				try (SessionSchedule schedule = new SessionSchedule(servers, seed)) {
					for (int i = 0; i < steps; i++) {
						schedule.step();
					}
					schedule.tryAllTokensAgain();
				}
				catch (AssertionError ex) {
					throw new AssertionError("seed " + seed, ex);
				}
			}
		}
	}

}
