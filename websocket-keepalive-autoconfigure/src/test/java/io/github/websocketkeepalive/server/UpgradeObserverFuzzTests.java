package io.github.websocketkeepalive.server;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServerRequest;

import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.admission.AdmissionLimits;
import io.github.websocketkeepalive.admission.AdmissionListener;
import io.github.websocketkeepalive.admission.AdmissionPolicies;
import io.github.websocketkeepalive.admission.OpenFiles;
import io.github.websocketkeepalive.admission.RetryPacing;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.listener.CallbackFailures;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.liveness.PingMode;
import io.github.websocketkeepalive.test.Listening;
import io.github.websocketkeepalive.test.RecordingListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever the head of a request says, and whether or not it is upgraded: nothing
 * escapes, no watcher stays behind, and each connection that opened has closed once. An
 * input is the head of a request, as it comes from the network.
 */
class UpgradeObserverFuzzTests {

	private static final LivenessPolicy POLICY = LivenessPolicy.of(PingMode.ALWAYS, Duration.ofSeconds(1),
			Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1));

	@FuzzTest
	void noHeadEscapes(byte[] head) {
		EmbeddedChannel decoder = new EmbeddedChannel(new HttpRequestDecoder());
		decoder.writeInbound(Unpooled.wrappedBuffer(head));
		if (decoder.readInbound() instanceof HttpRequest request && request.decoderResult().isSuccess()) {
			upgrade(request, true);
			upgrade(request, false);
		}
		decoder.finishAndReleaseAll();
	}

	private static HandshakeAdmission admission() {
		Duration retryAfter = Duration.ofSeconds(5);
		AdmissionGate gate = new AdmissionGate(
				new AdmissionLimits(null, null, null, null, retryAfter, List.of(), List.of(), 1), new OpenFiles(),
				new RetryPacing(retryAfter, 0), Listening.by(AdmissionListener.class));
		return new HandshakeAdmission(gate, new AdmissionPolicies(List.of(), new CallbackFailures()),
				new HandshakeRequests(null, null), Duration.ZERO);
	}

	private static void upgrade(HttpRequest request, boolean succeeds) {
		RecordingListener listener = new RecordingListener();
		EventLoopMonitors monitors = new EventLoopMonitors(Duration.ofSeconds(1));
		UpgradeObserver observer = new UpgradeObserver(
				new Heartbeats(new ConnectionRegistry(Listening.by(ConnectionListener.class, listener)), monitors,
						Heartbeats.Options.of(0)),
				new PathPolicies(POLICY, Map.of()), admission());
		EmbeddedChannel channel = new EmbeddedChannel();
		channel.pipeline().addLast(NettyPipeline.ReactiveBridge, new ChannelInboundHandlerAdapter());
		observer.onStateChange(connection(channel, request), ConnectionObserver.State.CONFIGURED);
		boolean watched = channel.pipeline().get(UpgradeWatcher.NAME) != null;
		HttpResponseStatus success = HttpMethod.CONNECT.equals(request.method()) ? HttpResponseStatus.OK
				: HttpResponseStatus.SWITCHING_PROTOCOLS;
		channel.writeOutbound(response(request, succeeds ? success : HttpResponseStatus.BAD_REQUEST));
		assertThat(channel.pipeline().get(UpgradeWatcher.NAME)).isNull();
		channel.finishAndReleaseAll();
		monitors.close();
		assertThat(listener.opened()).hasSize((watched && succeeds) ? 1 : 0);
		assertThat(listener.closed()).hasSameSizeAs(listener.opened());
	}

	private static FullHttpResponse response(HttpRequest request, HttpResponseStatus status) {
		FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status);
		String subprotocol = request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
		if (subprotocol != null) {
			response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, subprotocol);
		}
		return response;
	}

	// Not a mock, which would remember every call of millions.
	private static Connection connection(EmbeddedChannel channel, HttpRequest request) {
		return (Connection) Proxy.newProxyInstance(UpgradeObserverFuzzTests.class.getClassLoader(),
				new Class<?>[] { HttpServerRequest.class, Connection.class },
				(proxy, method, arguments) -> switch (method.getName()) {
					case "method" -> request.method();
					case "requestHeaders" -> request.headers();
					case "uri" -> request.uri();
					case "version" -> request.protocolVersion();
					case "channel" -> channel;
					case "remoteAddress", "connectionRemoteAddress" -> null;
					case "scheme" -> "http";
					case "hostName" -> "localhost";
					case "hostPort" -> 80;
					default -> throw new UnsupportedOperationException(method.getName());
				});
	}

}
