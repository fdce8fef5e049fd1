package io.github.websocketkeepalive.stream.protocol;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.peer.PeerText;
import io.github.websocketkeepalive.stream.StreamException;

/**
 * A frame makes no sense. Does not end any stream.
 */
@SuppressWarnings("serial")
public final class FrameException extends StreamException {

	private final @Nullable String stream;

	private final @Nullable String ref;

	/**
	 * Create an exception.
	 * @param stream the stream that the frame is about, if it could be read
	 * @param ref what the client calls the open that the frame is, if it could be read
	 * @param message what is wrong with the frame, in words for whoever wrote the client;
	 * escaped and shortened, since it may quote the frame
	 */
	public FrameException(@Nullable String stream, @Nullable String ref, String message) {
		super(StreamError.BAD_FRAME.code(), PeerText.of(message));
		this.stream = stream;
		this.ref = ref;
	}

	/**
	 * Return the stream that the frame is about.
	 * @return the stream, or {@code null} if it could not be read
	 */
	public @Nullable String getStream() {
		return this.stream;
	}

	/**
	 * Return what the client calls the open that the frame is.
	 * @return the reference, or {@code null} if the frame is no open, has none, or it
	 * could not be read
	 */
	public @Nullable String getRef() {
		return this.ref;
	}

}
