package io.github.websocketkeepalive.stream.frame;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.stream.StreamException;

/**
 * A frame makes no sense. Does not end any stream.
 */
@SuppressWarnings("serial")
public final class FrameException extends StreamException {

	private final @Nullable String stream;

	/**
	 * Create an exception.
	 * @param stream the stream that the frame is about, if it could be read
	 * @param message what is wrong with the frame, in words for whoever wrote the client
	 */
	public FrameException(@Nullable String stream, String message) {
		super(StreamError.BAD_FRAME.code(), message);
		this.stream = stream;
	}

	/**
	 * Return the stream that the frame is about.
	 * @return the stream, or {@code null} if it could not be read
	 */
	public @Nullable String getStream() {
		return this.stream;
	}

}
