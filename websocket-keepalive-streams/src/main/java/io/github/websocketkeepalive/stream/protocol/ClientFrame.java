package io.github.websocketkeepalive.stream.protocol;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.stream.StreamPosition;

/**
 * What a client sends.
 */
public sealed interface ClientFrame {

	/**
	 * Opens a stream.
	 *
	 * @param stream the client's name for it
	 * @param ref the client's name for this open, which answers to it repeat, or
	 * {@code null}
	 * @param source the name of the source
	 * @param request the parameters for the source
	 * @param window maximum number of batches that are not acknowledged, at least 1, or
	 * {@code null}
	 * @param from where to continue, or {@code null} to begin
	 */
	record Open(String stream, @Nullable String ref, String source, Map<String, Object> request,
			@Nullable Integer window, @Nullable StreamPosition from) implements ClientFrame {

		/**
		 * Return the same without the parameters, which may be large.
		 * @return the same with none
		 */
		public Open withoutRequest() {
			return new Open(this.stream, this.ref, this.source, Map.of(), this.window, this.from);
		}

	}

	/**
	 * Acknowledges every row before an offset.
	 *
	 * @param stream the stream
	 * @param offset the first row that is not processed yet
	 */
	record Ack(String stream, long offset) implements ClientFrame {
	}

	/**
	 * Ends a stream, which a {@link ServerFrame.Cancelled} confirms.
	 *
	 * @param stream the stream
	 */
	record Cancel(String stream) implements ClientFrame {
	}

	/**
	 * Asks for a {@link ServerFrame.Pong}.
	 */
	record Ping() implements ClientFrame {
	}

	/**
	 * Asks for a session that outlives the connection; sent before the first stream is
	 * opened.
	 *
	 * @param token the token of a session to continue, or {@code null} for a new one
	 */
	record Session(@Nullable String token) implements ClientFrame {
	}

	/**
	 * A frame of a type that this version does not know, which is ignored.
	 *
	 * @param type the type
	 */
	record Unknown(String type) implements ClientFrame {
	}

}
