package io.github.websocketkeepalive.stream.session;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.stream.StreamPosition;

/**
 * What is kept of a session while it has no connection. Can be written as JSON as far as
 * the application's attributes can.
 *
 * @param id names the session in logs; not a secret
 * @param attributes what the application put into
 * {@link io.github.websocketkeepalive.stream.StreamRequest#attributes()}
 * @param streams the streams that the client has not got all of
 */
public record StreamSession(String id, Map<String, Object> attributes, List<OpenStream> streams) {

	/**
	 * Create a session.
	 */
	public StreamSession {
		attributes = Map.copyOf(attributes);
		streams = List.copyOf(streams);
	}

	/**
	 * A stream that was open.
	 *
	 * @param stream the client's name for it
	 * @param ref the client's name for its open, or {@code null}
	 * @param source the name of the source
	 * @param request the parameters for the source
	 * @param window maximum number of batches that are not acknowledged, or {@code null}
	 * if the client did not tell
	 * @param position the first row that the client has not acknowledged, or {@code null}
	 * if the stream had not begun
	 */
	public record OpenStream(String stream, @Nullable String ref, String source, Map<String, Object> request,
			@Nullable Integer window, @Nullable StreamPosition position) {
	}

}
