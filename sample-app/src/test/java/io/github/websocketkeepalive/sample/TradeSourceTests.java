package io.github.websocketkeepalive.sample;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import reactor.core.publisher.Flux;

import io.github.websocketkeepalive.stream.StreamRequest;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest
class TradeSourceTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	@Autowired
	private TradeSource trades;

	@Test
	void rowsFollowOneAnotherFromTheOffsetOnOverThePages() {
		assertThat(ids(read(1500).take(2500))).hasSize(2500).first().isEqualTo(1501L);
		assertThat(ids(read(1500).take(2500))).isSorted().doesNotHaveDuplicates().last().isEqualTo(4000L);
	}

	@Test
	void theLastRowEndsThem() {
		assertThat(ids(read(998_990))).hasSize(1010).last().isEqualTo(1_000_000L);
		assertThat(ids(read(999_000))).hasSize(1000).last().isEqualTo(1_000_000L);
		assertThat(ids(read(1_000_000))).isEmpty();
	}

	@Test
	void aRowTellsWhatWasTraded() {
		Trade trade = read(0).blockFirst(PATIENCE);
		assertThat(trade).isNotNull();
		assertThat(trade.symbol()).isEqualTo("BRAVO");
		assertThat(trade.quantity()).isEqualTo(8);
		assertThat(trade.price()).isEqualByComparingTo("10.31");
	}

	private Flux<Trade> read(long offset) {
		return this.trades.open(new StreamRequest("trades", Map.of(), null, Map.of()), offset);
	}

	private static List<Long> ids(Flux<Trade> rows) {
		return rows.map(Trade::id).collectList().block(PATIENCE);
	}

}
