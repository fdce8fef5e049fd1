package io.github.websocketkeepalive.benchmarks;

import java.util.Comparator;
import java.util.Locale;
import java.util.Map;

import org.springframework.core.env.SimpleCommandLinePropertySource;

import io.github.websocketkeepalive.benchmarks.ClassHistogram.Occupancy;

/**
 * Measures the heap that the starter takes for each idle WebSocket: two servers that
 * differ in {@code websocket-keepalive.enabled} alone, each with and without connections.
 * Fails when that is more than {@code --max-bytes}.
 */
public final class FootprintBenchmark {

	private static final int WARM_UP = 500;

	private static final int CLASSES_SHOWN = 25;

	private final int connections;

	private FootprintBenchmark(int connections) {
		this.connections = connections;
	}

	public static void main(String[] args) throws Exception {
		SimpleCommandLinePropertySource arguments = new SimpleCommandLinePropertySource(args);
		int connections = argument(arguments, "connections", 10_000);
		int maxBytes = argument(arguments, "max-bytes", 400);
		FootprintBenchmark benchmark = new FootprintBenchmark(connections);
		Footprint without = benchmark.measure(false);
		Footprint with = benchmark.measure(true);
		double cost = benchmark.report(without, with);
		System.out.printf(Locale.ROOT, "%ncost of the starter: %.1f bytes of heap per connection, allowed: %d%n", cost,
				maxBytes);
		Goals.exit(cost <= maxBytes);
	}

	private static int argument(SimpleCommandLinePropertySource arguments, String name, int defaultValue) {
		String value = arguments.getProperty(name);
		return (value != null) ? Integer.parseInt(value) : defaultValue;
	}

	private Footprint measure(boolean keepalive) throws Exception {
		try (ServerProcess server = ServerProcess.start(BenchmarkServer.class,
				"--websocket-keepalive.enabled=" + keepalive)) {
			IdleClients.open(WARM_UP, server.port()).close();
			ClassHistogram empty = server.heap();
			try (IdleClients clients = IdleClients.open(this.connections, server.port())) {
				if (keepalive) {
					clients.awaitPings();
				}
				ClassHistogram full = server.heap();
				if (clients.ended() > 0) {
					throw new IllegalStateException(clients.ended() + " connections ended during the measurement");
				}
				return new Footprint(full.minus(empty), server.threads());
			}
		}
	}

	private double report(Footprint without, Footprint with) {
		System.out.printf(Locale.ROOT, "%n%d idle WebSockets%n", this.connections);
		report("without the starter", without);
		report("with the starter", with);
		ClassHistogram difference = with.heap().minus(without.heap());
		System.out.printf(Locale.ROOT, "%n%12s %12s  difference by class, per connection%n", "instances", "bytes");
		difference.classes()
			.entrySet()
			.stream()
			.sorted(Map.Entry.comparingByValue(Comparator.comparingLong((Occupancy all) -> -Math.abs(all.bytes()))))
			.limit(CLASSES_SHOWN)
			.forEach((entry) -> System.out.printf(Locale.ROOT, "%12.3f %12.1f  %s%n",
					each(entry.getValue().instances()), each(entry.getValue().bytes()), entry.getKey()));
		return each(difference.bytes());
	}

	private void report(String name, Footprint footprint) {
		System.out.printf(Locale.ROOT, "%-20s %10.1f bytes of heap per connection, %d threads%n", name,
				each(footprint.heap().bytes()), footprint.threads());
	}

	private double each(long total) {
		return (double) total / this.connections;
	}

	/**
	 * What a server takes for its connections.
	 *
	 * @param heap what they add to its heap
	 * @param threads how many threads it has with them
	 */
	private record Footprint(ClassHistogram heap, long threads) {
	}

}
