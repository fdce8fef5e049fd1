package io.github.websocketkeepalive.stream.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Sinks;
import reactor.util.context.Context;

import io.github.websocketkeepalive.stream.FeedSignal;
import io.github.websocketkeepalive.stream.StreamPosition;

import static org.assertj.core.api.Assertions.assertThat;

class FeedReaderTests {

	private final AtomicInteger told = new AtomicInteger();

	private final List<Throwable> cancelFailures = new ArrayList<>();

	private final FeedReader reader = new FeedReader(Context.empty(), this.told::incrementAndGet,
			this.cancelFailures::add);

	private Subscriber<? super FeedSignal> feed;

	@Test
	void oneSignalIsAskedForAndThenWhatIsAskedFor() {
		readNumbers();
		assertThat(take()).isEqualTo(1);
		this.reader.ask(3);
		assertThat(take()).isEqualTo(3);
		assertThat(this.reader.isDone()).isFalse();
	}

	@Test
	void nobodyIsToldOfItemsThatComeWhileTheyAreAskedFor() {
		readNumbers();
		this.reader.look();
		take();
		this.reader.ask(3);
		assertThat(this.told).hasValue(1);
		assertThat(take()).isEqualTo(3);
	}

	@Test
	void whatComesLaterComesAfterWhatCameWhileItWasAskedFor() {
		Sinks.Many<FeedSignal> later = Sinks.many().unicast().onBackpressureBuffer();
		this.reader.read(() -> Flux.range(0, 3).<FeedSignal>map(FeedSignal.Item::new).concatWith(later.asFlux()));
		take();
		this.reader.ask(5);
		later.tryEmitNext(new FeedSignal.Item(3));
		assertThat(items()).containsExactly(1, 2, 3);
	}

	@Test
	void itemsWaitBehindAnotherPosition() {
		FeedSignal position = new FeedSignal.Opened(new StreamPosition("e", 0), false, null);
		List<FeedSignal> signals = List.of(position, new FeedSignal.Item(1), position, new FeedSignal.Item(2));
		this.reader.read(() -> Flux.fromIterable(signals).concatWith(Flux.never()));
		take();
		this.reader.look();
		this.reader.ask(3);
		assertThat(this.told).hasValue(2);
		assertThat(signals()).isEqualTo(signals.subList(1, 4));
	}

	@Test
	void whoeverLooksIsToldOfItemsThatComeOnAnotherThreadWhileTheyAreAskedFor() {
		this.reader.read(() -> Flux.<FeedSignal>create((sink) -> sink.onRequest((count) -> CompletableFuture
			.runAsync(() -> LongStream.range(0, count).mapToObj(FeedSignal.Item::new).forEach(sink::next))
			.join())));
		take();
		this.reader.look();
		this.reader.ask(2);
		assertThat(this.told).hasValue(2);
		assertThat(items()).containsExactly(0L, 1L);
	}

	@Test
	void whoeverLooksIsToldOnceUntilItHasLooked() {
		open();
		this.reader.ask(10);
		emit(3);
		assertThat(this.told).hasValue(1);
		this.reader.look();
		emit(2);
		assertThat(this.told).hasValue(2);
	}

	@Test
	void aFeedThatSendsMoreThanItIsAskedForHasFailed() {
		open();
		emit(1000);
		assertThat(take()).isEqualTo(1);
		assertThat(this.reader.isDone()).isTrue();
		assertThat(this.reader.failure()).matches(Exceptions::isOverflow);
	}

	@Test
	void aFeedThatThrowsHasFailed() {
		this.reader.read(() -> {
			throw new AssertionError("open");
		});
		assertThat(this.reader.isDone()).isTrue();
		assertThat(this.reader.failure()).hasMessage("open");
		assertThat(this.told).hasValue(1);
	}

	@Test
	void aFeedThatThrowsWhatItDoesNotDeclareWhenItIsAskedHasFailed() {
		this.reader.read(() -> Flux.<FeedSignal>create((sink) -> sink.onRequest((count) -> {
			if (count > 1) {
				FeedReaderTests.<RuntimeException>undeclared(new IOException("ask"));
			}
		})));
		this.reader.ask(2);
		assertThat(this.reader.isDone()).isTrue();
		assertThat(this.reader.failure()).hasMessage("ask");
		assertThat(this.told).hasValue(1);
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void undeclared(Throwable failure) throws T {
		throw (T) failure;
	}

	@Test
	void whatComesAfterTheFeedWasDroppedIsNotKept() {
		open();
		this.reader.ask(10);
		emit(1);
		this.reader.drop();
		emit(1);
		this.feed.onComplete();
		this.reader.look();
		assertThat(take()).isZero();
	}

	@Test
	void aFeedThatFailsWhenItIsCancelledIsDroppedAllTheSame() {
		this.reader.read(() -> (subscriber) -> subscriber.onSubscribe(new Subscription() {

			@Override
			public void request(long count) {
			}

			@Override
			public void cancel() {
				throw new IllegalStateException("cancel");
			}

		}));
		this.reader.drop();
		assertThat(this.reader.isDone()).isTrue();
		assertThat(this.reader.failure()).isNull();
	}

	private void readNumbers() {
		this.reader.read(() -> Flux.range(0, 10).map(FeedSignal.Item::new));
	}

	private void open() {
		this.reader.read(() -> (subscriber) -> {
			this.feed = subscriber;
			subscriber.onSubscribe(Operators.emptySubscription());
		});
	}

	private void emit(int count) {
		for (int i = 0; i < count; i++) {
			this.feed.onNext(new FeedSignal.Item(i));
		}
	}

	private int take() {
		return signals().size();
	}

	private List<Object> items() {
		return signals().stream().map((signal) -> ((FeedSignal.Item) signal).value()).toList();
	}

	private List<FeedSignal> signals() {
		List<FeedSignal> taken = new ArrayList<>();
		for (FeedSignal next = this.reader.peek(); next != null; next = this.reader.peek()) {
			taken.add(next);
			this.reader.remove();
		}
		return taken;
	}

}
