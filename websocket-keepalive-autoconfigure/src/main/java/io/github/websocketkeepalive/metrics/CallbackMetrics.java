package io.github.websocketkeepalive.metrics;

import java.util.List;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.github.websocketkeepalive.admission.AdmissionListener;
import io.github.websocketkeepalive.admission.AdmissionPolicy;
import io.github.websocketkeepalive.client.ClientListener;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.drain.ReturnDelays;
import io.github.websocketkeepalive.drain.TrafficSwitch;
import io.github.websocketkeepalive.eventloop.EventLoopListener;
import io.github.websocketkeepalive.listener.CallbackFailures;
import io.github.websocketkeepalive.probe.ProbeListener;
import io.github.websocketkeepalive.task.TaskFailures;

/**
 * Counts the failures of callbacks, for each type of callback, and those of tasks of
 * ours. The counters are read and never written to, so that a failure is counted whatever
 * becomes of the meters.
 */
public final class CallbackMetrics implements MeterBinder {

	/**
	 * The types whose failures are survived.
	 */
	static final List<Class<?>> TYPES = List.of(AdmissionListener.class, AdmissionPolicy.class, ClientListener.class,
			ConnectionListener.class, EventLoopListener.class, ProbeListener.class, ReturnDelays.class,
			TrafficSwitch.class);

	/**
	 * The type of tasks, which are those of all applications of a process.
	 */
	static final String TASK = "Task";

	private final CallbackFailures failures;

	/**
	 * Create the metrics.
	 * @param failures what callbacks have thrown
	 */
	public CallbackMetrics(CallbackFailures failures) {
		this.failures = failures;
	}

	/**
	 * Count the failures of one more type of callback.
	 * @param failures what callbacks have thrown
	 * @param type the type
	 * @return its counter
	 */
	public static MeterBinder of(CallbackFailures failures, Class<?> type) {
		return (registry) -> count(registry, failures, type);
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (Class<?> type : TYPES) {
			count(registry, this.failures, type);
		}
		count(registry, this.failures, TASK, (counted) -> TaskFailures.count());
	}

	private static void count(MeterRegistry registry, CallbackFailures failures, Class<?> type) {
		count(registry, failures, type.getSimpleName(), (counted) -> counted.count(type));
	}

	private static void count(MeterRegistry registry, CallbackFailures failures, String type,
			ToDoubleFunction<CallbackFailures> count) {
		FunctionCounter.builder(WebSocketMeters.CALLBACK_FAILURES.meterName(), failures, count)
			.description(WebSocketMeters.CALLBACK_FAILURES.description())
			.tag("type", type)
			.register(registry);
	}

}
