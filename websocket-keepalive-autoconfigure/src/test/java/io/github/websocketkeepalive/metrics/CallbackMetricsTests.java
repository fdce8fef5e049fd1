package io.github.websocketkeepalive.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.listener.CallbackFailures;
import io.github.websocketkeepalive.task.TaskFailures;

import static org.assertj.core.api.Assertions.assertThat;

class CallbackMetricsTests {

	private final CallbackFailures failures = new CallbackFailures();

	private final MeterRegistry meters = new SimpleMeterRegistry();

	@Test
	void failuresAreCountedByTheTypeOfTheCallback() {
		new CallbackMetrics(this.failures).bindTo(this.meters);
		this.failures.failed(ConnectionListener.class, this, new AssertionError());
		this.failures.failed(ConnectionListener.class, this, new IllegalStateException());
		assertThat(count("ConnectionListener")).isEqualTo(2);
		assertThat(count("AdmissionPolicy")).isZero();
	}

	@Test
	void failuresOfTasksAreCountedToo() {
		new CallbackMetrics(this.failures).bindTo(this.meters);
		double before = count("Task");
		new TaskFailures().failed("A task of this test", new AssertionError());
		assertThat(count("Task")).isGreaterThan(before);
	}

	private double count(String type) {
		return this.meters.get("websocket.callback.failures").tag("type", type).functionCounter().count();
	}

}
