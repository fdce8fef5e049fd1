package io.github.websocketkeepalive.sample;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;

import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Readable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.r2dbc.connection.init.ResourceDatabasePopulator;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.StreamRequest;

/**
 * A million trades, read from the database page by page, so that neither the driver nor
 * anybody else holds them all.
 */
@Component("trades")
class TradeSource implements ReplayableSource<Trade> {

	private static final int PAGE_SIZE = 1000;

	private static final Duration FOREVER = Duration.ofMillis(Long.MAX_VALUE);

	private final DatabaseClient database;

	private final Mono<Void> table;

	TradeSource(DatabaseClient database, ConnectionFactory connections) {
		this.database = database;
		this.table = createTable(connections);
	}

	@Override
	public Flux<Trade> open(StreamRequest request, long offset) {
		return this.table.then(page(offset))
			.expand((page) -> (page.size() < PAGE_SIZE) ? Mono.empty() : page(page.get(page.size() - 1).id()))
			.concatMapIterable(Function.identity(), 1);
	}

	/** Ids count from 1, so the rows to leave out are those up to the offset. */
	private Mono<List<Trade>> page(long offset) {
		return this.database
			.sql("SELECT id, symbol, quantity, price FROM trades WHERE id > :offset ORDER BY id LIMIT :size")
			.bind("offset", offset)
			.bind("size", PAGE_SIZE)
			.map(TradeSource::trade)
			.all()
			.collectList()
			// The driver for H2 works on the thread that asks, which must not be an event
			// loop.
			.subscribeOn(Schedulers.boundedElastic());
	}

	private static Trade trade(Readable row) {
		return new Trade(column(row, "id", Long.class), column(row, "symbol", String.class),
				column(row, "quantity", Integer.class), column(row, "price", BigDecimal.class));
	}

	private static <T> T column(Readable row, String name, Class<T> type) {
		return Objects.requireNonNull(row.get(name, type), name);
	}

	/** The first who asks for trades has it created, once; start-up does not wait. */
	private static Mono<Void> createTable(ConnectionFactory connections) {
		String script = "trades-%s.sql".formatted(connections.getMetadata().getName().toLowerCase(Locale.ROOT));
		return new ResourceDatabasePopulator(new ClassPathResource(script)).populate(connections)
			.subscribeOn(Schedulers.boundedElastic())
			.cache((nothing) -> FOREVER, (failure) -> Duration.ZERO, () -> FOREVER);
	}

}
