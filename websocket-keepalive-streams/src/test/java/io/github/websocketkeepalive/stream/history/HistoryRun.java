package io.github.websocketkeepalive.stream.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

import io.github.websocketkeepalive.stream.StreamPosition;

/**
 * A run from start to end: instances publish, subscribers go from one to another, faults
 * happen as scheduled, and when all is healed everybody has to converge.
 */
final class HistoryRun {

	private static final int INSTANCES = 3;

	private static final int SUBSCRIBERS = 6;

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final Duration POLL = Duration.ofMillis(20);

	private static final int BURST = 10;

	private static final long MARKER_MILLIS = 500;

	private final History history = new History();

	private final Random random;

	private final Schedule schedule;

	private final ScheduledExecutorService driver = Executors.newSingleThreadScheduledExecutor();

	private final ScheduledExecutorService faults = Executors.newSingleThreadScheduledExecutor();

	private volatile boolean hopping = true;

	private HistoryRun(long seed) {
		this.random = new Random(seed);
		this.schedule = Schedule.of(this.random, INSTANCES);
	}

	static Schedule schedule(long seed) {
		return new HistoryRun(seed).schedule;
	}

	static List<History.Entry> run(long seed) throws Exception {
		return new HistoryRun(seed).run();
	}

	private List<History.Entry> run() throws Exception {
		try (Testbed testbed = new Testbed(INSTANCES, SUBSCRIBERS, this.history)) {
			testbed.instances().forEach(Instance::publish);
			await(System.nanoTime() + PATIENCE.toNanos(), () -> isShared(testbed));
			List<Future<?>> publishers = publish(testbed);
			testbed.subscribers()
				.forEach((subscriber) -> visit(testbed, subscriber, new Random(this.random.nextLong())));
			for (Future<?> step : scheduleFaults(testbed)) {
				step.get();
			}
			converge(testbed, publishers);
			return this.history.entries();
		}
		finally {
			this.faults.shutdownNow();
			this.driver.shutdownNow();
		}
	}

	private List<Future<?>> publish(Testbed testbed) {
		List<Future<?>> publishers = new ArrayList<>();
		boolean even = this.random.nextBoolean();
		long period = period();
		for (int i = 0; i < INSTANCES; i++) {
			int index = i;
			Random random = new Random(this.random.nextLong());
			publishers.add(this.driver.scheduleAtFixedRate(() -> publish(testbed.instances().get(index), random), 0,
					even ? period : period(), TimeUnit.MICROSECONDS));
		}
		return publishers;
	}

	private static void publish(Instance instance, Random random) {
		int messages = (random.nextInt(BURST) == 0) ? BURST : 1;
		for (int i = 0; i < messages; i++) {
			instance.publish();
		}
	}

	// Of 50 to 200 messages a second, half of which come in bursts.
	private long period() {
		return 2_000_000 / (50 + this.random.nextInt(151));
	}

	private void visit(Testbed testbed, HoppingSubscriber subscriber, Random random) {
		if (this.hopping) {
			subscriber.open(testbed.instances().get(random.nextInt(INSTANCES)));
			later(50 + random.nextInt(1500), () -> leave(testbed, subscriber, random));
		}
	}

	// Every fourth time for longer than the history lasts, perhaps.
	private void leave(Testbed testbed, HoppingSubscriber subscriber, Random random) {
		if (this.hopping) {
			subscriber.leave();
			later((random.nextInt(4) == 0) ? random.nextInt(2500) : 0, () -> visit(testbed, subscriber, random));
		}
	}

	private void later(long millis, Runnable task) {
		this.driver.schedule(task, millis, TimeUnit.MILLISECONDS);
	}

	private List<Future<?>> scheduleFaults(Testbed testbed) {
		List<Future<?>> steps = new ArrayList<>();
		for (Schedule.Step step : this.schedule.steps()) {
			steps.add(this.faults.schedule(() -> take(step, testbed), step.millis(), TimeUnit.MILLISECONDS));
		}
		steps.add(this.faults.schedule(() -> heal(testbed), Schedule.END_MILLIS, TimeUnit.MILLISECONDS));
		return steps;
	}

	private void take(Schedule.Step step, Testbed testbed) {
		this.history.add(new Event.Faulted(step.what()));
		step.action().accept(testbed);
	}

	private void heal(Testbed testbed) {
		testbed.heal();
		testbed.instances().forEach(Instance::forgetPlace);
		this.history.add(new Event.Healed());
	}

	private void converge(Testbed testbed, List<Future<?>> publishers) throws Exception {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		await(deadline, () -> isShared(testbed));
		this.hopping = false;
		this.driver
			.schedule(() -> publishers.forEach((publisher) -> publisher.cancel(false)), MARKER_MILLIS,
					TimeUnit.MILLISECONDS)
			.get();
		Future<?> markers = this.driver.scheduleAtFixedRate(() -> mark(testbed), 0, MARKER_MILLIS,
				TimeUnit.MILLISECONDS);
		await(deadline, () -> isConverged(testbed));
		this.driver.submit(() -> markers.cancel(false)).get();
		await(deadline, () -> isConverged(testbed));
	}

	private static void await(long deadline, Callable<Boolean> condition) {
		long nanos = Math.max(1, deadline - System.nanoTime());
		try {
			Awaitility.await()
				.atMost(Duration.ofNanos(nanos).plus(POLL))
				.pollInterval(POLL)
				.pollDelay(Duration.ZERO)
				.until(condition);
		}
		catch (ConditionTimeoutException ex) {
			// The checker says what is wrong with the end of the history.
			return;
		}
	}

	// Whoever is away comes, and one message more of each instance shows where all are.
	private static void mark(Testbed testbed) {
		for (HoppingSubscriber subscriber : testbed.subscribers()) {
			if (!testbed.instances().contains(subscriber.instance())) {
				subscriber.leave();
				subscriber.open(testbed.instances().get(0));
			}
		}
		testbed.instances().forEach(Instance::publish);
	}

	private static boolean isShared(Testbed testbed) {
		List<StreamPosition> places = places(testbed);
		return places.size() == INSTANCES && places.stream().map(StreamPosition::epoch).distinct().count() == 1;
	}

	private static List<StreamPosition> places(Testbed testbed) {
		List<StreamPosition> places = new ArrayList<>();
		for (Instance instance : testbed.instances()) {
			StreamPosition placed = instance.placed();
			if (placed != null) {
				places.add(placed);
			}
		}
		return places;
	}

	private static boolean isConverged(Testbed testbed) {
		if (!isShared(testbed) || !testbed.instances().stream().allMatch(Instance::isAnswered)) {
			return false;
		}
		List<StreamPosition> places = places(testbed);
		long top = places.stream().mapToLong(StreamPosition::offset).max().orElse(-1);
		return testbed.subscribers()
			.stream()
			.map(HoppingSubscriber::position)
			.allMatch((position) -> position != null && position.epoch().equals(places.get(0).epoch())
					&& position.offset() > top);
	}

}
