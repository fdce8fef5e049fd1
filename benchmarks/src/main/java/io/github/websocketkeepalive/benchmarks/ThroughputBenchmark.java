package io.github.websocketkeepalive.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleBiFunction;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measures how fast streams are: beside a plain handler that sends the same rows without
 * acknowledgement, and beside a server in Python that does by hand what streams do. All
 * take turns, and medians of their ratios count. Servers are started several times,
 * because what the compiler makes of the same code differs from one process to the next.
 * Fails when a goal is missed.
 */
public final class ThroughputBenchmark {

	/**
	 * Until the compiler is done. Servers live for weeks.
	 */
	private static final int WARM_UP = 20;

	private static final int ROUNDS = 5;

	private static final String STARTS = "4";

	private final Map<String, List<Round>> rounds = new LinkedHashMap<>();

	private final List<String> missed = new ArrayList<>();

	public static void main(String[] args) throws Exception {
		SimpleCommandLinePropertySource arguments = new SimpleCommandLinePropertySource(args);
		int starts = Integer.parseInt(Objects.requireNonNullElse(arguments.getProperty("starts"), STARTS));
		ThroughputBenchmark benchmark = new ThroughputBenchmark();
		for (int i = 0; i < starts; i++) {
			benchmark.measure(arguments.getProperty("python"), arguments.getProperty("script"));
		}
		Goals.exit(benchmark.report());
	}

	/**
	 * Which encodings a server has written before changes how fast it writes one: there
	 * is one server that writes JSON alone, and one that writes all of them. The one in
	 * Python has no compiler to wait for.
	 */
	private void measure(@Nullable String python, @Nullable String script) throws Exception {
		try (ReadingClient client = new ReadingClient();
				ServerProcess json = startServer();
				ServerProcess all = startServer();
				ServerProcess other = (python != null && script != null) ? startPython(python, script) : null) {
			for (int i = -WARM_UP; i < ROUNDS; i++) {
				Measurement measurement = new Measurement(client, json, i >= 0);
				measurement.of("1 KiB items, plain", new Conversation.Plain(ThroughputServer.PLAIN_DOCUMENTS));
				measurement.of("1 KiB items, stream", Conversation.Resumable.of("json", "documents"));
				measurement.of("64 KiB batches, plain", new Conversation.Plain(ThroughputServer.PLAIN_TRADES));
				measurement.of("64 KiB batches, stream", Conversation.Resumable.of("json", "trades"));
				if (other != null && i >= -1) {
					new Measurement(client, other, i >= 0).of("by hand, Python", new Conversation.ByHand());
				}
				measurement = new Measurement(client, all, i >= 0);
				measurement.of("64 KiB batches, JSON", Conversation.Resumable.of("json", "trades"));
				measurement.of("64 KiB batches, CBOR", Conversation.Resumable.of("cbor", "trades"));
				measurement.of("64 KiB batches, MessagePack", Conversation.Resumable.of("msgpack", "trades"));
			}
		}
	}

	private static ServerProcess startServer() throws IOException {
		return ServerProcess.start(ThroughputServer.class, "--websocket-keepalive.stream.batch-bytes=64KB");
	}

	private static ServerProcess startPython(String python, String script) throws IOException {
		Path rows = Files.createTempFile("rows", ".json");
		Files.write(rows, JsonMapper.shared().writeValueAsBytes(Rows.trades));
		try {
			return ServerProcess
				.start(new ProcessBuilder(python, script, rows.toString(), Integer.toString(Rows.TRADES)));
		}
		finally {
			Files.delete(rows);
		}
	}

	private boolean report() {
		System.out.printf(Locale.ROOT, "%n%-30s %10s %10s %12s%n", "medians", "MB/s", "MB", "CPU seconds");
		this.rounds.forEach((name, rounds) -> System.out.printf(Locale.ROOT, "%-30s %10.1f %10.1f %12.2f%n", name,
				median(rounds.stream().map(Round::rate).toList()), rounds.get(0).megabytes(),
				median(rounds.stream().map(Round::cpu).toList())));
		System.out.println();
		goal("1 KiB items, stream", "1 KiB items, plain", "speed", Round::speedUp, 0.8);
		goal("64 KiB batches, stream", "64 KiB batches, plain", "speed", Round::speedUp, 0.9);
		for (String binary : List.of("64 KiB batches, CBOR", "64 KiB batches, MessagePack")) {
			goal("64 KiB batches, JSON", binary, "bytes", (json, other) -> json.megabytes() / other.megabytes(), 1);
		}
		// The library for MessagePack is slower than Jackson, and has no goal.
		goal("64 KiB batches, JSON", "64 KiB batches, CBOR", "CPU", (json, other) -> json.cpu() / other.cpu(), 1);
		goal("64 KiB batches, stream", "by hand, Python", "speed", Round::speedUp, 4);
		this.missed.forEach((goal) -> System.out.println("MISSED: " + goal));
		return this.missed.isEmpty();
	}

	private void goal(String name, String other, String what, ToDoubleBiFunction<Round, Round> ratio, double least) {
		List<Round> ours = this.rounds.getOrDefault(name, List.of());
		List<Round> theirs = this.rounds.getOrDefault(other, List.of());
		if (theirs.isEmpty()) {
			System.out.println("SKIPPED: " + other);
			return;
		}
		List<Double> ratios = new ArrayList<>();
		for (int i = 0; i < ours.size(); i++) {
			ratios.add(ratio.applyAsDouble(ours.get(i), theirs.get(i)));
		}
		double median = median(ratios);
		String line = String.format(Locale.ROOT, "%s / %s: %.2f x %s, at least %.1f", name, other, median, what, least);
		System.out.println(line);
		if (median < least) {
			this.missed.add(line);
		}
	}

	private static double median(List<Double> values) {
		return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
	}

	/**
	 * One transfer of all rows.
	 *
	 * @param megabytes the payload
	 * @param seconds how long it took
	 * @param cpu seconds that the server was on a processor for it
	 */
	private record Round(double megabytes, double seconds, double cpu) {

		double rate() {
			return this.megabytes / this.seconds;
		}

		double speedUp(Round other) {
			return other.seconds / this.seconds;
		}

	}

	private final class Measurement {

		private final ReadingClient client;

		private final ServerProcess server;

		private final boolean counts;

		Measurement(ReadingClient client, ServerProcess server, boolean counts) {
			this.client = client;
			this.server = server;
			this.counts = counts;
		}

		void of(String name, Conversation conversation) throws InterruptedException {
			long before = this.server.cpu().toMillis();
			ReadingClient.Transfer transfer = this.client.read(this.server.port(), conversation);
			double cpu = (this.server.cpu().toMillis() - before) / 1e3;
			Round round = new Round(transfer.bytes() / 1e6, transfer.nanos() / 1e9, cpu);
			if (this.counts) {
				ThroughputBenchmark.this.rounds.computeIfAbsent(name, (key) -> new ArrayList<>()).add(round);
			}
		}

	}

}
