package io.github.websocketkeepalive.sample;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.stream.LiveTopic;
import io.github.websocketkeepalive.stream.StreamPosition;

/**
 * Publishes a price a second.
 */
@Component
class PriceFeed {

	private final LiveTopic<Price> prices;

	PriceFeed(LiveTopic<Price> prices) {
		this.prices = prices;
	}

	// What it returns is subscribed to each time, but asked for only once.
	@Scheduled(fixedRate = 1000)
	Mono<StreamPosition> publish() {
		return Mono.defer(() -> this.prices.publish(price()));
	}

	private static Price price() {
		long cents = ThreadLocalRandom.current().nextLong(9_500, 10_500);
		return new Price("ALFA", BigDecimal.valueOf(cents, 2), Instant.now());
	}

}
