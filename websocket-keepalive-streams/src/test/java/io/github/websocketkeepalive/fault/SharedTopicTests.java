package io.github.websocketkeepalive.fault;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.web.reactive.socket.WebSocketHandler;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.stream.LiveTopic;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;
import io.github.websocketkeepalive.stream.topic.HistoryPolicy;
import io.github.websocketkeepalive.stream.topic.LiveTopics;
import io.github.websocketkeepalive.stream.topic.Reading;
import io.github.websocketkeepalive.stream.topic.redis.RedisHistoryStore;
import io.github.websocketkeepalive.test.EmbeddedRedis;
import io.github.websocketkeepalive.test.ForkedServer;
import io.github.websocketkeepalive.test.StreamPeer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A topic that two servers share by Redis, of which one is killed, or Redis is.
 */
@Tag("load")
class SharedTopicTests {

	private static final Logger logger = LoggerFactory.getLogger(SharedTopicTests.class);

	private static final int SUBSCRIBERS = 200;

	private static final int MAX_ENTRIES = 5000;

	private static final int MESSAGES = 10_000;

	private static final Duration PATIENCE = Duration.ofMinutes(3);

	private final EmbeddedRedis redis = EmbeddedRedis.start();

	private final AtomicInteger gaps = new AtomicInteger();

	private final AtomicInteger continued = new AtomicInteger();

	private final List<ForkedServer> servers = new ArrayList<>();

	@AfterEach
	void stop() {
		this.servers.forEach(ForkedServer::close);
		this.redis.close();
	}

	@Test
	void everyGapIsToldExactlyAndNothingComesTwiceThoughAServerIsKilled() throws Exception {
		LettuceConnectionFactory factory = this.redis.factory();
		LiveTopics topics = new LiveTopics(new RedisHistoryStore(factory),
				new HistoryPolicy(MAX_ENTRIES, 1 << 20, Duration.ofMinutes(2)), JsonMapper.shared());
		Reading truth = Reading.of(topics.<Long>create("prices"), null, Long.MAX_VALUE);
		truth.awaitOpened(1);
		ForkedServer survivor = server(1, 800);
		ForkedServer victim = server(2, 200);
		int[] ports = { survivor.port(), victim.port() };
		AtomicBoolean stopped = new AtomicBoolean();
		ExecutorService threads = Executors.newFixedThreadPool(SUBSCRIBERS);
		try {
			List<Future<TopicSubscriber>> running = new ArrayList<>();
			for (int i = 0; i < SUBSCRIBERS; i++) {
				running.add(threads.submit(new TopicSubscriber(ports, stopped::get, this.gaps, this.continued, i)));
			}
			awaitSubscribers(truth);
			victim.close();
			awaitSubscribers(truth);
			stopped.set(true);
			List<TopicSubscriber> subscribers = new ArrayList<>();
			for (Future<TopicSubscriber> subscriber : running) {
				subscribers.add(subscriber.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
			}
			compare(truth, subscribers);
		}
		finally {
			threads.shutdownNow();
			topics.close();
			factory.destroy();
		}
	}

	private void awaitSubscribers(Reading truth) {
		long messages = truth.next();
		int continuedBefore = this.continued.get();
		int gapsBefore = this.gaps.get();
		await().atMost(PATIENCE)
			.until(() -> truth.next() - messages >= MESSAGES && this.gaps.get() > gapsBefore
					&& this.continued.get() - continuedBefore >= SUBSCRIBERS);
	}

	private void compare(Reading truth, List<TopicSubscriber> subscribers) {
		long last = subscribers.stream().mapToLong(TopicSubscriber::next).max().orElseThrow();
		await().atMost(PATIENCE).until(() -> truth.next() >= last);
		assertThat(truth.openings()).hasSize(1);
		long[] messages = truth.items().stream().mapToLong(Long::parseLong).toArray();
		assertThat(messages).doesNotHaveDuplicates();
		long first = truth.opened(0).position().offset();
		for (TopicSubscriber subscriber : subscribers) {
			assertThat(subscriber.size() + subscriber.missing()).isEqualTo(subscriber.next() - subscriber.first());
			for (int i = 0; i < subscriber.size(); i++) {
				if (messages[(int) (subscriber.offset(i) - first)] != subscriber.message(i)) {
					throw new AssertionError("message %d at %d".formatted(subscriber.message(i), subscriber.offset(i)));
				}
			}
		}
		logger.info("{} messages, {} received, {} missing in {} gaps, continued {} times", messages.length,
				subscribers.stream().mapToLong(TopicSubscriber::size).sum(),
				subscribers.stream().mapToLong(TopicSubscriber::missing).sum(), this.gaps.get(), this.continued.get());
	}

	@Test
	void topicsGoOnWhileRedisIsGoneAndClientsContinueOnceItIsBack() throws Exception {
		ForkedServer one = server(1, 100);
		ForkedServer other = server(2, 100);
		try (StreamPeer peer = StreamPeer.connect(one.port(), "/ws/prices")) {
			peer.open("s", "prices");
			JsonNode opened = peer.read("opened");
			readBatches(peer, 10);
			assertThat(storeOf(one)).isEqualTo("available");
			this.redis.kill();
			JsonNode local = readToNextOpened(peer);
			assertThat(local.get("epoch").asString()).isNotEqualTo(opened.get("epoch").asString());
			assertThat(local.get("recovered").asBoolean()).isFalse();
			assertThat(local.has("missing")).isFalse();
			readBatches(peer, 10);
			assertThat(storeOf(one)).isEqualTo("unavailable");
			assertRefused(one, opened.get("epoch").asString());

			this.redis.restart();
			JsonNode back = readToNextOpened(peer);
			assertThat(back.get("recovered").asBoolean()).isFalse();
			assertThat(back.has("missing")).isFalse();
			readBatches(peer, 10);
			await().atMost(PATIENCE)
				.untilAsserted(() -> assertThat(List.of(storeOf(one), storeOf(other))).containsOnly("available"));
			assertRefused(one, opened.get("epoch").asString());
			assertRefused(one, local.get("epoch").asString());
		}
		try (StreamPeer peer = StreamPeer.connect(one.port(), "/ws/prices");
				StreamPeer again = StreamPeer.connect(other.port(), "/ws/prices")) {
			peer.open("s", "prices");
			JsonNode opened = peer.read("opened");
			JsonNode batch = readBatches(peer, 10);
			again.open("s", "prices", opened.get("epoch").asString(), batch.get("offset").asLong());
			assertThat(again.read("opened").get("recovered").asBoolean()).isTrue();
			assertThat(again.read("batch").get("items").get(0)).isEqualTo(batch.get("items").get(0));
		}
	}

	private static JsonNode readBatches(StreamPeer peer, int batches) throws IOException {
		JsonNode batch = peer.read("batch");
		peer.ack(batch);
		for (int i = 1; i < batches; i++) {
			batch = peer.read("batch");
			peer.ack(batch);
		}
		return batch;
	}

	private static JsonNode readToNextOpened(StreamPeer peer) throws IOException {
		while (true) {
			JsonNode frame = peer.read();
			if (frame.get("type").asString().equals("opened")) {
				return frame;
			}
			peer.ack(frame);
		}
	}

	private static void assertRefused(ForkedServer server, String epoch) throws IOException {
		try (StreamPeer peer = StreamPeer.connect(server.port(), "/ws/prices")) {
			peer.open("s", "prices", epoch, 1);
			JsonNode opened = peer.read("opened");
			assertThat(opened.get("recovered").asBoolean()).isFalse();
			assertThat(opened.has("missing")).isFalse();
		}
	}

	private static String storeOf(ForkedServer server) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest
			.newBuilder(URI.create("http://localhost:%d/actuator/health/webSocketKeepalive".formatted(server.port())))
			.build();
		String body = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
		return JsonMapper.shared().readTree(body).at("/details/streamStore").asString();
	}

	private ForkedServer server(int id, int messagesPerSecond) throws IOException {
		List<String> properties = Stream
			.concat(this.redis.properties().stream(),
					Stream.of("websocket-keepalive.stream.store=redis",
							"websocket-keepalive.stream.history.max-entries=" + MAX_ENTRIES, "publisher.id=" + id,
							"publisher.rate=" + messagesPerSecond, "management.endpoint.health.show-details=always"))
			.toList();
		ForkedServer server = ForkedServer.start(Transport.values()[0], List.of("-Xmx256m"), Prices.class,
				properties.toArray(String[]::new));
		this.servers.add(server);
		return server;
	}

	@Configuration(proxyBeanMethods = false)
	static class Prices {

		private static final int TICKS = 100;

		@Bean
		@WebSocketMapping("/ws/prices")
		WebSocketHandler streams(StreamWebSocketHandler.Builder streams) {
			return streams.build();
		}

		@Bean
		LiveTopic<Long> prices(LiveTopics topics) {
			return topics.create("prices");
		}

		@Bean(destroyMethod = "shutdownNow")
		ScheduledExecutorService publisher() {
			return Executors.newSingleThreadScheduledExecutor();
		}

		@Bean
		ApplicationRunner publishing(LiveTopic<Long> prices, ScheduledExecutorService publisher,
				@Value("${publisher.id}") long id, @Value("${publisher.rate}") int rate) {
			AtomicLong next = new AtomicLong(id << 32);
			return (arguments) -> publisher.scheduleAtFixedRate(() -> {
				for (int i = 0; i < rate / TICKS; i++) {
					prices.publish(next.getAndIncrement()).subscribe();
				}
			}, 0, TimeUnit.SECONDS.toMillis(1) / TICKS, TimeUnit.MILLISECONDS);
		}

	}

}
