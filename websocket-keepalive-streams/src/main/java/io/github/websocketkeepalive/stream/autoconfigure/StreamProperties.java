package io.github.websocketkeepalive.stream.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;

import io.github.websocketkeepalive.autoconfigure.InvalidKeepalivePropertyException;
import io.github.websocketkeepalive.autoconfigure.PropertyCheck;
import io.github.websocketkeepalive.stream.StreamPolicy;

/**
 * Properties of streams. A duration without a unit is in seconds, a size in bytes.
 *
 * @param batchSize Most rows in a batch.
 * @param batchBytes Encoded size from which on a batch is sent, whatever the number of
 * its rows.
 * @param window Most batches of a stream that its client has not acknowledged.
 * @param maxStreams Most streams that a connection may have open.
 * @param maxBuffered Maximum size of what a connection holds of the rows of all its
 * streams before they are sent, besides one row of each stream.
 * @param maxRequest Maximum size of the parameters of all streams of a connection.
 * @param ackEvery Time after which a client of ours acknowledges at the latest what it
 * has processed.
 * @param history What is kept of a live topic for clients that come back.
 * @param store Where the history of live topics is kept.
 */
@ConfigurationProperties(prefix = StreamProperties.PREFIX, ignoreUnknownFields = false)
public record StreamProperties(@DefaultValue("1000") int batchSize, @DefaultValue("256KB") DataSize batchBytes,
		@DefaultValue("8") int window, @DefaultValue("100") int maxStreams, @DefaultValue("4MB") DataSize maxBuffered,
		@DefaultValue("64KB") DataSize maxRequest,
		@DefaultValue("1s") @DurationUnit(ChronoUnit.SECONDS) Duration ackEvery, @DefaultValue History history,
		@DefaultValue("auto") Store store) {

	static final String PREFIX = PropertyCheck.PREFIX + "stream";

	private static final DataSize MOST_BATCH_BYTES = DataSize.ofMegabytes(64);

	private static final DataSize MOST_BYTES = DataSize.ofMegabytes(1024);

	public StreamProperties {
		PropertyCheck.positive("stream.batch-size", batchSize);
		PropertyCheck.size("stream.batch-bytes", batchBytes, MOST_BATCH_BYTES);
		PropertyCheck.positive("stream.window", window);
		PropertyCheck.positive("stream.max-streams", maxStreams);
		PropertyCheck.size("stream.max-buffered", maxBuffered, MOST_BYTES);
		if (batchBytes.toBytes() > maxBuffered.toBytes() / 4) {
			throw new InvalidKeepalivePropertyException(PropertyCheck.PREFIX + "stream.batch-bytes", batchBytes,
					"Use at most a quarter of 'websocket-keepalive.stream.max-buffered', or raise that.",
					PropertyCheck.PREFIX + "stream.max-buffered");
		}
		PropertyCheck.size("stream.max-request", maxRequest, MOST_BYTES);
		PropertyCheck.duration("stream.ack-every", ackEvery);
	}

	/**
	 * Return what streams go by.
	 * @return the policy
	 */
	public StreamPolicy toPolicy() {
		return new StreamPolicy(this.batchSize, Math.toIntExact(this.batchBytes.toBytes()), this.window,
				this.maxStreams, Math.toIntExact(this.maxBuffered.toBytes()),
				Math.toIntExact(this.maxRequest.toBytes()));
	}

	/**
	 * Properties of the history of a live topic.
	 *
	 * @param maxEntries Most messages that are kept of a topic.
	 * @param maxBytes Most bytes that are kept of a topic.
	 * @param ttl Time for which a message is kept, and for which a client may resume its
	 * session.
	 */
	public record History(@DefaultValue("1000") int maxEntries, @DefaultValue("1MB") DataSize maxBytes,
			@DefaultValue("2m") @DurationUnit(ChronoUnit.SECONDS) Duration ttl) {

		private static final DataSize MOST_BYTES = DataSize.ofMegabytes(1024);

		public History {
			PropertyCheck.positive("stream.history.max-entries", maxEntries);
			PropertyCheck.size("stream.history.max-bytes", maxBytes, MOST_BYTES);
			PropertyCheck.duration("stream.history.ttl", ttl);
		}

	}

	/**
	 * Where the history of live topics is kept.
	 */
	public enum Store {

		/**
		 * In Redis if there is a reactive connection factory, else in memory.
		 */
		AUTO,

		/**
		 * In the memory of this instance.
		 */
		MEMORY,

		/**
		 * In Redis Streams.
		 */
		REDIS

	}

}
