package io.github.websocketkeepalive.stream.server;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

import io.github.websocketkeepalive.stream.FeedSignal;
import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.StreamFeed;
import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.StreamRequest;

/**
 * Reads a source from where the client wants to continue, or from its beginning if that
 * place is of another epoch.
 *
 * @param source the source
 */
record ReplayableFeed(ReplayableSource<?> source) implements StreamFeed {

	@Override
	public Publisher<FeedSignal> open(StreamRequest request, @Nullable StreamPosition from) {
		String epoch = this.source.epoch(request);
		StreamPosition position = (from != null && from.epoch().equals(epoch)) ? from : new StreamPosition(epoch, 0);
		boolean continues = position == from;
		Long missing = (continues || from == null) ? 0L : null;
		Flux<FeedSignal> rows = Flux.from(this.source.open(request, position.offset())).map(FeedSignal.Item::new);
		return Flux.concat(Flux.just(new FeedSignal.Opened(position, continues, missing)), rows);
	}

}
