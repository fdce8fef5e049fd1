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

	@Scheduled(fixedRate = 1000)
	Mono<StreamPosition> publish() {
		BigDecimal price = BigDecimal.valueOf(ThreadLocalRandom.current().nextLong(9_500, 10_500), 2);
		return this.prices.publish(new Price("ALFA", price, Instant.now()));
	}

}
