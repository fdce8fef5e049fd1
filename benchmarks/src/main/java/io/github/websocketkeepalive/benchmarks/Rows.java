package io.github.websocketkeepalive.benchmarks;

import java.util.List;
import java.util.stream.IntStream;

import reactor.core.publisher.Flux;

/**
 * What is transferred: a few thousand rows over and over, so that to make them costs
 * nothing.
 */
final class Rows {

	/**
	 * How many small rows there are.
	 */
	static final int TRADES = 500_000;

	/**
	 * How many rows of 1 KiB there are.
	 */
	static final int DOCUMENTS = 100_000;

	static final List<Trade> trades = IntStream.range(0, 10_000).mapToObj(Trade::of).toList();

	private static final List<Document> documents = IntStream.range(0, 1_000).mapToObj(Document::of).toList();

	private Rows() {
	}

	static Flux<Trade> trades(long offset) {
		return repeat(trades, offset, TRADES);
	}

	static Flux<Document> documents(long offset) {
		return repeat(documents, offset, DOCUMENTS);
	}

	private static <T> Flux<T> repeat(List<T> rows, long offset, int count) {
		return Flux.range((int) offset, count - (int) offset).map((i) -> rows.get(i % rows.size()));
	}

	/**
	 * About a hundred bytes of JSON.
	 */
	record Trade(long id, String symbol, double price, int quantity, String venue, long time) {

		static Trade of(int i) {
			return new Trade(1_000_000 + i, "SYM" + i % 500, 100 + (i * 7919 % 10_000) / 100.0, 1 + i % 1000,
					(i % 3 == 0) ? "XETRA" : "NASDAQ", 1_767_225_600_000L + 17 * i);
		}

	}

	/**
	 * A KiB of JSON.
	 */
	record Document(long id, String text) {

		static Document of(int i) {
			return new Document(1_000_000 + i, "All work and no play. ".repeat(46).substring(0, 998));
		}

	}

}
