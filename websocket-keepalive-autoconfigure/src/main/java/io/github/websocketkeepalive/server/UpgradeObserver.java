package io.github.websocketkeepalive.server;

import java.util.concurrent.atomic.AtomicBoolean;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServerRequest;

import io.github.websocketkeepalive.heartbeat.Heartbeats;

/**
 * Sees every request of a server before its handler does, over HTTP/1.1 and HTTP/2, and
 * has those watched that ask for a WebSocket (RFC 6455 section 4.1, RFC 8441 section 4).
 */
final class UpgradeObserver implements ConnectionObserver {

	private static final Logger logger = LoggerFactory.getLogger(UpgradeObserver.class);

	private final AtomicBoolean warned = new AtomicBoolean();

	private final Heartbeats heartbeats;

	private final HeartbeatPolicies policies;

	UpgradeObserver(Heartbeats heartbeats, HeartbeatPolicies policies) {
		this.heartbeats = heartbeats;
		this.policies = policies;
	}

	@Override
	public void onStateChange(Connection connection, State state) {
		if (state == State.CONFIGURED && connection instanceof HttpServerRequest request) {
			HttpMethod method = request.method();
			if (HttpMethod.GET.equals(method) && request.requestHeaders()
				.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
				refuseEarlierVersions(request.requestHeaders());
				watch(connection.channel(), request, HttpResponseStatus.SWITCHING_PROTOCOLS);
			}
			else if (HttpMethod.CONNECT.equals(method)
					&& request.requestHeaders().contains(HttpHeaderNames.SEC_WEBSOCKET_VERSION)) {
				watch(connection.channel(), request, HttpResponseStatus.OK);
			}
		}
	}

	// Reactor Netty speaks drafts as well, without some of the checks of RFC 6455 section
	// 4.2.1; it refuses what it does not know as section 4.4 asks.
	private void refuseEarlierVersions(HttpHeaders headers) {
		String version = headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION);
		if (this.heartbeats.isStrict() && !WebSocketVersion.V13.toHttpHeaderValue().equals(version)) {
			headers.set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "unsupported");
		}
	}

	private void watch(Channel channel, HttpServerRequest request, HttpResponseStatus success) {
		if (channel.pipeline().get(NettyPipeline.ReactiveBridge) == null) {
			if (this.warned.compareAndSet(false, true)) {
				logger.warn("No '{}' in the pipeline: WebSockets of this server are not kept alive",
						NettyPipeline.ReactiveBridge);
			}
			return;
		}
		if (channel.pipeline().get(UpgradeWatcher.NAME) != null) {
			channel.pipeline().remove(UpgradeWatcher.NAME);
		}
		channel.pipeline()
			.addBefore(NettyPipeline.ReactiveBridge, UpgradeWatcher.NAME, new UpgradeWatcher(this.heartbeats,
					this.policies, channel, success, request.uri(), request.remoteAddress()));
	}

}
