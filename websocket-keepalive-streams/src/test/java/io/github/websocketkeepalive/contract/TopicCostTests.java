package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.stream.LiveTopic;
import io.github.websocketkeepalive.stream.codec.StreamCodec;
import io.github.websocketkeepalive.stream.codec.StreamCodecs;
import io.github.websocketkeepalive.stream.protocol.ClientFrame;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;
import io.github.websocketkeepalive.stream.topic.LiveTopics;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What it costs a server to deliver a message through a topic. The next message is
 * published when all clients have the one before, so that it does not matter how busy the
 * machine is.
 */
@Tag("load")
class TopicCostTests {

	private static final Logger logger = LoggerFactory.getLogger(TopicCostTests.class);

	private static final double LIMIT = 2;

	private static final int CLIENTS = 50;

	private static final int WARM_UP = 1000;

	private static final int MEASURED = 100;

	/**
	 * The best of them counts, since the compiler may not be done before.
	 */
	private static final int ROUNDS = 5;

	/**
	 * Half the window, as the Java client does.
	 */
	private static final int ACKNOWLEDGED = 4;

	private static TestServer server;

	private static double plain;

	private static long published;

	private static final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();

	// Whoever looks for leaks leaves more garbage than all else.
	@BeforeAll
	static void measurePlainHandler() throws IOException {
		ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
		server = TestServer.on(Transport.NIO).heartbeat("60s", "60s").start(Messages.class);
		List<RawClient> clients = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			clients.add(RawClient.connect(server.port(), "/ws/plain"));
		}
		Messages messages = server.bean(Messages.class);
		await().until(() -> messages.plain.currentSubscriberCount() == CLIENTS);
		plain = garbage(clients, () -> messages.plain.tryEmitNext(Messages.JSON), () -> {
		});
	}

	@AfterAll
	static void stop() {
		server.close();
		ResourceLeakDetector.setLevel(level);
	}

	@ParameterizedTest
	@ValueSource(strings = { "json", "cbor", "msgpack" })
	void aDeliveryLeavesNoMoreThanTwiceTheGarbageOfAPlainHandler(String format) throws IOException {
		StreamCodec codec = new StreamCodecs(JsonMapper.shared()).find("resumable.v1." + format);
		List<RawClient> clients = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			RawClient client = RawClient.connect(server.port(), "/ws/topic",
					"Sec-WebSocket-Protocol: " + codec.subprotocol());
			send(client, codec, new ClientFrame.Open("s1", null, "prices", Map.of(), null, null));
			client.read();
			clients.add(client);
		}
		LiveTopic<Object> topic = server.bean(Messages.class).topic;
		double garbage = garbage(clients, () -> topic.publish(Messages.MESSAGE).subscribe(), () -> {
			if (++published % ACKNOWLEDGED == 0) {
				for (RawClient client : clients) {
					send(client, codec, new ClientFrame.Ack("s1", published));
				}
			}
		});
		logger.info("A delivery in {} leaves {} bytes, {} times {}", format, garbage, garbage / plain, plain);
		assertThat(garbage / plain).isPositive().isLessThanOrEqualTo(LIMIT);
	}

	private static double garbage(List<RawClient> clients, Runnable publish, Delivered onDelivered) throws IOException {
		deliver(WARM_UP, clients, publish, onDelivered);
		double garbage = Double.POSITIVE_INFINITY;
		for (int round = 0; round < ROUNDS; round++) {
			long before = allocatedByOthers();
			deliver(MEASURED, clients, publish, onDelivered);
			garbage = Math.min(garbage, (double) (allocatedByOthers() - before) / (MEASURED * clients.size()));
		}
		for (RawClient client : clients) {
			client.close();
		}
		return garbage;
	}

	private static void deliver(int messages, List<RawClient> clients, Runnable publish, Delivered onDelivered)
			throws IOException {
		for (int i = 0; i < messages; i++) {
			Mono.fromRunnable(publish).subscribeOn(Schedulers.single()).block();
			for (RawClient client : clients) {
				client.read();
			}
			onDelivered.run();
		}
	}

	// The clients run on the thread of the test.
	private static long allocatedByOthers() {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long[] others = Arrays.stream(threads.getAllThreadIds())
			.filter((id) -> id != Thread.currentThread().getId())
			.toArray();
		return LongStream.of(threads.getThreadAllocatedBytes(others)).filter((bytes) -> bytes > 0).sum();
	}

	private static void send(RawClient client, StreamCodec codec, ClientFrame frame) throws IOException {
		ByteBuf message = codec.encode(frame, ByteBufAllocator.DEFAULT);
		byte[] payload = ByteBufUtil.getBytes(message);
		message.release();
		client.send(RawClient.frame(true, codec.binary() ? RawClient.BINARY : RawClient.TEXT, payload));
	}

	@FunctionalInterface
	private interface Delivered {

		void run() throws IOException;

	}

	@Configuration(proxyBeanMethods = false)
	static class Messages {

		private static final Map<String, Object> MESSAGE = Map.of("id", 1_000_000, "symbol", "SYM42", "price", 101.25,
				"quantity", 17, "venue", "NASDAQ", "time", 1_767_225_600_000L);

		private static final String JSON = JsonMapper.shared().writeValueAsString(MESSAGE);

		private final Sinks.Many<String> plain = Sinks.many().multicast().directBestEffort();

		private final LiveTopic<Object> topic;

		Messages(LiveTopics topics) {
			this.topic = topics.create("prices");
		}

		@Bean
		@WebSocketMapping("/ws/plain")
		WebSocketHandler plain() {
			return (session) -> session.send(this.plain.asFlux().map(session::textMessage));
		}

		@Bean
		@WebSocketMapping("/ws/topic")
		WebSocketHandler topic(StreamWebSocketHandler.Builder streams) {
			return streams.topic(this.topic).build();
		}

	}

}
