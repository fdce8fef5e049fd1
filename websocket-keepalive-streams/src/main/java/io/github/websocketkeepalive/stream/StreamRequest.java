package io.github.websocketkeepalive.stream;

import java.security.Principal;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a client asked for when it opened a stream.
 *
 * @param source the name of the source
 * @param parameters what the client sent along; not checked by anybody yet
 * @param principal who asks, if the handshake was authenticated
 * @param attributes attributes of the logical session, which survive a lost connection if
 * the client resumes its session; may be changed from any thread
 */
public record StreamRequest(String source, Map<String, Object> parameters, @Nullable Principal principal,
		Map<String, Object> attributes) {
}
