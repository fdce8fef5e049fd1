package io.github.websocketkeepalive.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.util.DigestUtils;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * The script that gives browsers a WebSocket which comes back, and that of the worker
 * which holds connections that tabs share. Browsers keep them, and ask each time whether
 * they are still the same.
 */
public final class BrowserClientScript {

	/**
	 * Where the script is on the class path.
	 */
	public static final String LOCATION = "io/github/websocketkeepalive/browser/websocket-keepalive.js";

	/**
	 * Where the script of the worker is on the class path.
	 */
	public static final String WORKER_LOCATION = "io/github/websocketkeepalive/browser/websocket-keepalive-worker.js";

	private static final MediaType TYPE = new MediaType("text", "javascript", StandardCharsets.UTF_8);

	private BrowserClientScript() {
	}

	/**
	 * Serve the script, and that of the worker in the same folder, where it is looked
	 * for.
	 * @param path the path to serve it at
	 * @return the route
	 */
	public static RouterFunction<ServerResponse> at(String path) {
		return RouterFunctions.route().GET(path, served(load(LOCATION))).build().and(beside(path, WORKER_LOCATION));
	}

	/**
	 * Serve a script that imports this one, in the same folder.
	 * @param path the path at which this script is served
	 * @param location where the other script is on the class path
	 * @return the route
	 */
	public static RouterFunction<ServerResponse> beside(String path, String location) {
		int name = path.lastIndexOf('/') + 1;
		String script = load(location).replace("./" + nameOf(LOCATION), "./" + path.substring(name));
		return RouterFunctions.route().GET(path.substring(0, name) + nameOf(location), served(script)).build();
	}

	private static HandlerFunction<ServerResponse> served(String text) {
		byte[] content = text.getBytes(StandardCharsets.UTF_8);
		String etag = '"' + DigestUtils.md5DigestAsHex(content) + '"';
		return (request) -> request.checkNotModified(etag)
			.switchIfEmpty(Mono.defer(() -> ServerResponse.ok()
				.contentType(TYPE)
				.cacheControl(CacheControl.noCache())
				.eTag(etag)
				.bodyValue(content)));
	}

	private static String nameOf(String location) {
		return location.substring(location.lastIndexOf('/') + 1);
	}

	private static String load(String location) {
		try {
			return new ClassPathResource(location, BrowserClientScript.class.getClassLoader())
				.getContentAsString(StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
