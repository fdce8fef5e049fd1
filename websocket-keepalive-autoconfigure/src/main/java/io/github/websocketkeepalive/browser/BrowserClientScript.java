package io.github.websocketkeepalive.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.util.DigestUtils;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * The script that gives browsers a WebSocket which comes back. Browsers keep it, and ask
 * each time whether it is still the same.
 */
public final class BrowserClientScript {

	/**
	 * Where the script is on the class path.
	 */
	public static final String LOCATION = "io/github/websocketkeepalive/browser/websocket-keepalive.js";

	private static final MediaType TYPE = new MediaType("text", "javascript", StandardCharsets.UTF_8);

	private final byte[] content;

	private final String etag;

	/**
	 * Load the script.
	 * @throws UncheckedIOException if it is not on the class path
	 */
	public BrowserClientScript() {
		try {
			this.content = new ClassPathResource(LOCATION, BrowserClientScript.class.getClassLoader())
				.getContentAsByteArray();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.etag = '"' + DigestUtils.md5DigestAsHex(this.content) + '"';
	}

	/**
	 * Serve the script.
	 * @param path the path to serve it at
	 * @return the route
	 */
	public RouterFunction<ServerResponse> at(String path) {
		return RouterFunctions.route().GET(path, this::serve).build();
	}

	private Mono<ServerResponse> serve(ServerRequest request) {
		return request.checkNotModified(this.etag)
			.switchIfEmpty(Mono.defer(() -> ServerResponse.ok()
				.contentType(TYPE)
				.cacheControl(CacheControl.noCache())
				.eTag(this.etag)
				.bodyValue(this.content)));
	}

}
