package io.github.websocketkeepalive.server;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Finds what of Reactor Netty stands behind a request of WebFlux.
 */
final class NativeRequests {

	private NativeRequests() {
	}

	/**
	 * Return the channel of a request.
	 * @param request the request, decorated in any way
	 * @return its channel, or {@code null} if it is not one of Reactor Netty
	 */
	static @Nullable Channel channelOf(ServerHttpRequest request) {
		return channel(nativeRequest(request));
	}

	/**
	 * Return the channel of a handshake.
	 * @param request the request, decorated in any way
	 * @return its channel, or {@code null} if the request does not ask for a WebSocket,
	 * or is not one of Reactor Netty
	 */
	static @Nullable Channel channelOfHandshake(ServerHttpRequest request) {
		Object nativeRequest = nativeRequest(request);
		return (nativeRequest instanceof HttpServerRequest asked && HandshakeRules.isHandshake(asked))
				? channel(nativeRequest) : null;
	}

	private static @Nullable Channel channel(@Nullable Object nativeRequest) {
		return (nativeRequest instanceof Connection connection) ? connection.channel() : null;
	}

	/**
	 * Return what watches an upgrade in progress.
	 * @param request the request, decorated in any way
	 * @return the watcher, or {@code null} if the request is no upgrade, or not one of
	 * Reactor Netty
	 */
	static @Nullable UpgradeWatcher upgradeOf(ServerHttpRequest request) {
		Channel channel = channelOf(request);
		return (channel != null) ? (UpgradeWatcher) channel.pipeline().get(UpgradeWatcher.NAME) : null;
	}

	// The request of a mock, and one of an unknown kind, has no native request, and says
	// so by an exception.
	private static @Nullable Object nativeRequest(ServerHttpRequest request) {
		try {
			return ServerHttpRequestDecorator.getNativeRequest(request);
		}
		catch (IllegalStateException | IllegalArgumentException | UnsupportedOperationException ex) {
			return null;
		}
	}

}
