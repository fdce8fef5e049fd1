package io.github.websocketkeepalive.stream.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.autoconfigure.InvalidKeepalivePropertyException;
import io.github.websocketkeepalive.autoconfigure.PropertyCheck;
import io.github.websocketkeepalive.stream.StreamPolicy;

/**
 * Properties of streams. A duration without a unit is in seconds, a size in bytes.
 *
 * @param batchSize Maximum number of rows per batch.
 * @param batchBytes Encoded size at which a batch is sent, however few rows it has.
 * @param window Maximum number of unacknowledged batches per stream.
 * @param maxStreams Maximum number of open streams per connection.
 * @param maxBuffered Maximum size of the rows that a connection holds for all of its
 * streams before they are sent, in addition to one row per stream.
 * @param maxRequest Maximum size of the parameters of all streams of a connection.
 * @param ackEvery Maximum time after which our client acknowledges what it has processed.
 * @param history What is kept of a live topic for clients that come back.
 * @param store Where to keep the history of live topics.
 */
@Internal
@ConfigurationProperties(prefix = StreamProperties.PREFIX, ignoreUnknownFields = false)
public record StreamProperties(@DefaultValue("1000") int batchSize, @DefaultValue("256KB") DataSize batchBytes,
		@DefaultValue("8") int window, @DefaultValue("100") int maxStreams, @DefaultValue("4MB") DataSize maxBuffered,
		@DefaultValue("64KB") DataSize maxRequest,
		@DefaultValue("1s") @DurationUnit(ChronoUnit.SECONDS) Duration ackEvery, @DefaultValue History history,
		@DefaultValue("auto") Store store) {

	static final String PREFIX = PropertyCheck.PREFIX + "stream";

	private static final DataSize MAX_BATCH_BYTES = DataSize.ofMegabytes(64);

	private static final DataSize MAX_BYTES = DataSize.ofMegabytes(1024);

	public StreamProperties {
		PropertyCheck.positive("stream.batch-size", batchSize);
		PropertyCheck.size("stream.batch-bytes", batchBytes, MAX_BATCH_BYTES);
		PropertyCheck.positive("stream.window", window);
		PropertyCheck.positive("stream.max-streams", maxStreams);
		PropertyCheck.size("stream.max-buffered", maxBuffered, MAX_BYTES);
		if (batchBytes.toBytes() > maxBuffered.toBytes() / 4) {
			throw new InvalidKeepalivePropertyException(PropertyCheck.PREFIX + "stream.batch-bytes", batchBytes,
					"Use at most a quarter of 'websocket-keepalive.stream.max-buffered', or raise that.",
					PropertyCheck.PREFIX + "stream.max-buffered");
		}
		PropertyCheck.size("stream.max-request", maxRequest, MAX_BYTES);
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
	 * @param maxEntries Maximum number of messages to keep per topic.
	 * @param maxBytes Maximum number of bytes to keep per topic.
	 * @param ttl Time after which a message is dropped, and a session can no longer be
	 * resumed.
	 */
	public record History(@DefaultValue("1000") int maxEntries, @DefaultValue("1MB") DataSize maxBytes,
			@DefaultValue("2m") @DurationUnit(ChronoUnit.SECONDS) Duration ttl) {

		private static final DataSize MAX_BYTES = DataSize.ofMegabytes(1024);

		public History {
			PropertyCheck.positive("stream.history.max-entries", maxEntries);
			PropertyCheck.size("stream.history.max-bytes", maxBytes, MAX_BYTES);
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
