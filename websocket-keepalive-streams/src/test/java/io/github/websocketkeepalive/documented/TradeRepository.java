package io.github.websocketkeepalive.documented;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What a reactive repository of Spring Data would be.
 */
public class TradeRepository {

	private final List<Trade> saved = new CopyOnWriteArrayList<>();

	public Flux<Trade> findAllByOrderById() {
		return Flux.just(new Trade(2), new Trade(3), new Trade(5));
	}

	public Mono<Trade> save(Trade trade) {
		return Mono.fromCallable(() -> {
			this.saved.add(trade);
			return trade;
		});
	}

	public List<Trade> saved() {
		return this.saved;
	}

}
