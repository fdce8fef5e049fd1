package io.github.websocketkeepalive.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import org.springframework.core.env.SimpleCommandLinePropertySource;

/**
 * Measures the garbage that a server leaves for each message of a topic that it delivers,
 * beside a plain handler that sends the same messages without acknowledgement. All take
 * turns on one server. Clients of the topic acknowledge every fourth batch, as the Java
 * client does. Fails when there is more garbage than {@code --max-ratio} times that of
 * the plain handler.
 */
public final class TopicFanOutBenchmark {

	private static final Duration WARM_UP = Duration.ofSeconds(10);

	private static final Duration MEASURED = Duration.ofSeconds(10);

	private static final int WARM_UP_ROUNDS = 1;

	private static final String PLAIN = "plain";

	private final Map<String, Conversation> conversations = new LinkedHashMap<>();

	private final Map<String, Cost> costs = new LinkedHashMap<>();

	private final HttpClient http = HttpClient.newHttpClient();

	private final int subscribers;

	private TopicFanOutBenchmark(int subscribers) {
		this.subscribers = subscribers;
		this.conversations.put(PLAIN, new Conversation.Plain(TopicServer.PLAIN));
		this.conversations.put("JSON", Conversation.Resumable.of("json", TopicServer.TOPIC));
		this.conversations.put("CBOR", Conversation.Resumable.of("cbor", TopicServer.TOPIC));
		this.conversations.put("MessagePack", Conversation.Resumable.of("msgpack", TopicServer.TOPIC));
	}

	public static void main(String[] args) throws Exception {
		SimpleCommandLinePropertySource arguments = new SimpleCommandLinePropertySource(args);
		String subscribers = Objects.requireNonNullElse(arguments.getProperty("subscribers"), "2000");
		String maxRatio = Objects.requireNonNullElse(arguments.getProperty("max-ratio"), "Infinity");
		TopicFanOutBenchmark benchmark = new TopicFanOutBenchmark(Integer.parseInt(subscribers));
		benchmark.measure();
		Goals.exit(benchmark.report() <= Double.parseDouble(maxRatio));
	}

	private void measure() throws Exception {
		try (ServerProcess server = ServerProcess.start(TopicServer.class)) {
			for (int round = 0; round <= WARM_UP_ROUNDS; round++) {
				for (Map.Entry<String, Conversation> conversation : this.conversations.entrySet()) {
					this.costs.put(conversation.getKey(), measure(server, conversation.getValue()));
				}
			}
		}
	}

	private Cost measure(ServerProcess server, Conversation conversation) throws Exception {
		try (Subscribers subscribers = Subscribers.open(this.subscribers, server.port(), conversation)) {
			send(server, "PUT", TopicServer.PUBLISHING);
			Thread.sleep(WARM_UP.toMillis());
			long messages = subscribers.messages();
			long frames = subscribers.frames();
			long allocated = allocated(server);
			long cpu = server.cpu().toNanos();
			Thread.sleep(MEASURED.toMillis());
			cpu = server.cpu().toNanos() - cpu;
			allocated = allocated(server) - allocated;
			messages = subscribers.messages() - messages;
			frames = subscribers.frames() - frames;
			send(server, "DELETE", TopicServer.PUBLISHING);
			if (subscribers.ended() > 0) {
				throw new IllegalStateException(subscribers.ended() + " connections ended during the measurement");
			}
			return new Cost((double) allocated / messages, cpu / 1e3 / messages, (double) messages / frames);
		}
	}

	private long allocated(ServerProcess server) throws IOException, InterruptedException {
		return Long.parseLong(send(server, "GET", TopicServer.ALLOCATED));
	}

	private String send(ServerProcess server, String method, String path) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
			.method(method, HttpRequest.BodyPublishers.noBody())
			.build();
		return this.http.send(request, HttpResponse.BodyHandlers.ofString()).body();
	}

	/**
	 * Print what was measured.
	 * @return the highest ratio
	 */
	private double report() {
		double plain = Objects.requireNonNull(this.costs.get(PLAIN)).bytes();
		System.out.printf(Locale.ROOT, "%n%d subscribers%n%-12s %10s %8s %10s %10s%n", this.subscribers, "a delivery",
				"bytes", "ratio", "CPU in µs", "in a batch");
		this.costs.forEach((name, cost) -> System.out.printf(Locale.ROOT, "%-12s %10.0f %8.2f %10.2f %10.2f%n", name,
				cost.bytes(), cost.bytes() / plain, cost.micros(), cost.batch()));
		return this.costs.values().stream().mapToDouble((cost) -> cost.bytes() / plain).max().orElseThrow();
	}

	/**
	 * What one delivery costs the server.
	 *
	 * @param bytes what is allocated for it
	 * @param micros microseconds on a processor
	 * @param batch how many messages a batch has
	 */
	private record Cost(double bytes, double micros, double batch) {
	}

}
