package io.github.websocketkeepalive.benchmarks;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

import com.sun.management.ThreadMXBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.stream.LiveTopic;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;
import io.github.websocketkeepalive.stream.topic.LiveTopics;

/**
 * Sends the same messages to all of its clients, through a topic and through a plain
 * handler. Tells its port on standard output.
 */
@EnableAutoConfiguration
public class TopicServer {

	static final String PLAIN = "/plain";

	/**
	 * The path at which a {@code GET} returns how many bytes the server has allocated so
	 * far.
	 */
	static final String ALLOCATED = "/allocated";

	/**
	 * The path at which a {@code PUT} begins and a {@code DELETE} ends to publish
	 * messages.
	 */
	static final String PUBLISHING = "/publishing";

	static final String TOPIC = "trades";

	/**
	 * The time between two messages.
	 */
	static final Duration INTERVAL = Duration.ofMillis(20);

	private final Disposable.Swap publishing = Disposables.swap();

	private final Sinks.Many<String> plain = Sinks.many().multicast().directBestEffort();

	@Bean
	LiveTopic<Rows.Trade> trades(LiveTopics topics) {
		return topics.create(TOPIC);
	}

	@Bean
	@WebSocketMapping(ThroughputServer.STREAMS)
	WebSocketHandler streams(StreamWebSocketHandler.Builder streams) {
		return streams.build();
	}

	@Bean
	HandlerMapping plain() {
		WebSocketHandler plain = (session) -> session.send(this.plain.asFlux().map(session::textMessage));
		return new SimpleUrlHandlerMapping(Map.of(PLAIN, plain), -1);
	}

	@Bean
	RouterFunction<ServerResponse> control(LiveTopic<Rows.Trade> trades, JsonMapper mapper) {
		return RouterFunctions.route()
			.GET(ALLOCATED, (request) -> ServerResponse.ok().bodyValue(Long.toString(allocatedBytes())))
			.PUT(PUBLISHING, (request) -> {
				this.publishing.update(publish(trades, mapper));
				return ServerResponse.ok().build();
			})
			.DELETE(PUBLISHING, (request) -> {
				this.publishing.update(Disposables.disposed());
				return ServerResponse.ok().build();
			})
			.build();
	}

	private Disposable publish(LiveTopic<Rows.Trade> trades, JsonMapper mapper) {
		return Flux.interval(INTERVAL).onBackpressureDrop().subscribe((tick) -> {
			Rows.Trade trade = Rows.trades.get((int) (tick % Rows.trades.size()));
			trades.publish(trade).subscribe();
			this.plain.tryEmitNext(mapper.writeValueAsString(trade));
		});
	}

	private static long allocatedBytes() {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds())).filter((it) -> it > 0).sum();
	}

	@EventListener
	void tellPort(WebServerInitializedEvent event) {
		System.out.println(BenchmarkServer.PORT_LINE + event.getWebServer().getPort());
	}

	public static void main(String[] args) {
		SpringApplication.run(TopicServer.class, args);
	}

}
