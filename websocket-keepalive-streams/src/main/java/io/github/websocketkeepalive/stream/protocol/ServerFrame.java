package io.github.websocketkeepalive.stream.protocol;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a server sends.
 */
public sealed interface ServerFrame {

	/**
	 * Tells where a stream goes on; sent when it was opened, and again whenever its
	 * numbering does not continue.
	 *
	 * @param stream the stream
	 * @param ref what the client called the open, or {@code null} if it did not
	 * @param epoch the numbering that offsets belong to
	 * @param offset the offset of the next row
	 * @param recovered whether the stream continues exactly where the client asked
	 * @param missing how many rows the client will never see; {@code null} if unknown
	 * @param window maximum number of batches that the server sends unacknowledged;
	 * {@code null} from servers that do not tell
	 */
	record Opened(String stream, @Nullable String ref, String epoch, long offset, boolean recovered,
			@Nullable Long missing, @Nullable Integer window) implements ServerFrame {
	}

	/**
	 * Rows that follow one another.
	 *
	 * @param stream the stream
	 * @param offset the offset of the first of them
	 * @param items the rows
	 */
	record Batch(String stream, long offset, List<?> items) implements ServerFrame {
	}

	/**
	 * The source has no more rows.
	 *
	 * @param stream the stream
	 * @param ref what the client called the open, or {@code null} if it did not
	 * @param offset the offset after the last row
	 */
	record End(String stream, @Nullable String ref, long offset) implements ServerFrame {
	}

	/**
	 * A stream has failed, or a frame made no sense.
	 *
	 * @param stream the stream that it is about, or {@code null} if it is about none
	 * @param ref what the client called the open that it is about, or {@code null}
	 * @param code what programs go by; it tells whether the stream has ended, see
	 * {@link StreamError}
	 * @param message what people read
	 */
	record Error(@Nullable String stream, @Nullable String ref, String code, String message) implements ServerFrame {
	}

	/**
	 * Answers a {@link ClientFrame.Cancel}: nothing more of the stream comes.
	 *
	 * @param stream the stream
	 * @param ref what the client called the open that was cancelled, or {@code null} if
	 * it did not, or if no such stream was open
	 */
	record Cancelled(String stream, @Nullable String ref) implements ServerFrame {
	}

	/**
	 * Answers a {@link ClientFrame.Ping}.
	 */
	record Pong() implements ServerFrame {
	}

	/**
	 * Answers a {@link ClientFrame.Session}.
	 *
	 * @param id names the session in logs; not a secret
	 * @param token continues the session once, on any connection of the same user; secret
	 * @param recovered whether the session is the one of the token that was sent, whose
	 * streams go on by themselves
	 */
	record Session(String id, String token, boolean recovered) implements ServerFrame {
	}

	/**
	 * A frame of a type that this version does not know, which is ignored.
	 *
	 * @param type the type
	 */
	record Unknown(String type) implements ServerFrame {
	}

}
