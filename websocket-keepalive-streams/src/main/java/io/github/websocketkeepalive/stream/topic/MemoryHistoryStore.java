package io.github.websocketkeepalive.stream.topic;

import java.util.UUID;

import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.stream.StreamPosition;

/**
 * Keeps history in the memory of this instance, where it ends with it.
 */
@Internal
public final class MemoryHistoryStore implements HistoryStore {

	@Override
	public Log open(String topic, HistoryPolicy policy, TopicMirror mirror) {
		mirror.execute(() -> mirror.begin(UUID.randomUUID().toString(), 0));
		return new MemoryLog(mirror);
	}

	@Override
	public boolean isAvailable() {
		return true;
	}

	/**
	 * The mirror is all there is.
	 */
	private record MemoryLog(TopicMirror mirror) implements Log {

		@Override
		public Mono<StreamPosition> append(byte[] json) {
			return Mono.create((placed) -> this.mirror.execute(() -> placed.success(this.mirror.append(json, 0))));
		}

		@Override
		public Mono<Boolean> catchUp() {
			return Mono.create((done) -> this.mirror.execute(() -> done.success(true)));
		}

		@Override
		public void follow() {
		}

		@Override
		public void close() {
		}

	}

}
