package io.github.websocketkeepalive.sample;

import java.time.Duration;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.stream.LiveTopic;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;
import io.github.websocketkeepalive.stream.topic.LiveTopics;

@SpringBootApplication
@EnableScheduling
public class SampleApplication {

	/** Sends back what it receives. */
	@Bean
	@WebSocketMapping("/ws/echo")
	WebSocketHandler echo() {
		return (session) -> session.send(session.receive().map(WebSocketMessage::retain));
	}

	/** Sends a tick a second and never reads. */
	@Bean
	@WebSocketMapping("/ws/ticks")
	WebSocketHandler ticks() {
		return (session) -> session
			.send(Flux.interval(Duration.ofSeconds(1)).map((tick) -> session.textMessage("tick " + tick)));
	}

	/** Takes 200 ms for each message. */
	@Bean
	@WebSocketMapping("/ws/slow")
	WebSocketHandler slow() {
		return (session) -> session.send(session.receive()
			.map(WebSocketMessage::getPayloadAsText)
			.concatMap((text) -> Mono.just(session.textMessage(text)).delayElement(Duration.ofMillis(200)), 1));
	}

	/** Streams the trades, a million rows, to clients that acknowledge them. */
	@Bean
	@WebSocketMapping("/ws/rows")
	WebSocketHandler rows(StreamWebSocketHandler.Builder streams, TradeSource trades) {
		return streams.source("trades", trades).build();
	}

	/** Streams the prices that {@link PriceFeed} publishes. */
	@Bean
	@WebSocketMapping("/ws/prices")
	WebSocketHandler priceStreams(StreamWebSocketHandler.Builder streams, LiveTopic<Price> prices) {
		return streams.topic(prices).build();
	}

	@Bean
	LiveTopic<Price> prices(LiveTopics topics) {
		return topics.create("prices");
	}

	public static void main(String[] args) {
		SpringApplication.run(SampleApplication.class, args);
	}

}
