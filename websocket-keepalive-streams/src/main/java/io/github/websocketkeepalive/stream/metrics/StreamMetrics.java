package io.github.websocketkeepalive.stream.metrics;

import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import io.github.websocketkeepalive.stream.protocol.StreamError;
import io.github.websocketkeepalive.stream.server.StreamListener;

/**
 * Counts streams, and what is sent on them.
 */
public final class StreamMetrics implements StreamListener {

	/**
	 * Stands for all codes that the application's sources add, of which there may be any
	 * number.
	 */
	private static final String APPLICATION_CODE = "application";

	private static final Set<String> CODES = Arrays.stream(StreamError.values())
		.map(StreamError::code)
		.collect(Collectors.toUnmodifiableSet());

	private final ConcurrentMap<String, SourceMeters> sources = new ConcurrentHashMap<>();

	private final MeterRegistry registry;

	private final Counter batches;

	/**
	 * Create the metrics.
	 * @param registry where the meters are registered, each when first needed
	 */
	public StreamMetrics(MeterRegistry registry) {
		this.registry = registry;
		this.batches = counter(StreamMeters.BATCHES);
	}

	@Override
	public void onOpened(String source) {
		meters(source).active.incrementAndGet();
	}

	@Override
	public void onClosed(String source) {
		meters(source).active.decrementAndGet();
	}

	@Override
	public void onResumed(String source, boolean recovered) {
		counter(StreamMeters.RESUMED, "source", source, "recovered", String.valueOf(recovered)).increment();
	}

	@Override
	public void onMissing(String source, long items) {
		counter(StreamMeters.MISSING, "source", source).increment(items);
	}

	@Override
	public void onBatch(String source, int items) {
		this.batches.increment();
		meters(source).items.increment(items);
	}

	@Override
	public void onError(String code) {
		counter(StreamMeters.ERRORS, "code", CODES.contains(code) ? code : APPLICATION_CODE).increment();
	}

	private SourceMeters meters(String source) {
		return this.sources.computeIfAbsent(source, SourceMeters::new);
	}

	private Counter counter(StreamMeters meter, String... tags) {
		return Counter.builder(meter.meterName()).description(meter.description()).tags(tags).register(this.registry);
	}

	private final class SourceMeters {

		private final AtomicInteger active = new AtomicInteger();

		private final Counter items;

		SourceMeters(String source) {
			Gauge.builder(StreamMeters.ACTIVE.meterName(), this.active, AtomicInteger::get)
				.description(StreamMeters.ACTIVE.description())
				.tag("source", source)
				.register(StreamMetrics.this.registry);
			this.items = counter(StreamMeters.ITEMS, "source", source);
		}

	}

}
