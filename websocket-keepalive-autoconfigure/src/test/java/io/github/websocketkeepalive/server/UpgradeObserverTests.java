package io.github.websocketkeepalive.server;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
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

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.withSettings;

@ExtendWith(OutputCaptureExtension.class)
class UpgradeObserverTests {

	private static final LivenessPolicy POLICY = LivenessPolicy.of(PingMode.ALWAYS, Duration.ofSeconds(1),
			Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1));

	private static final HttpVersion HTTP_2 = HttpVersion.valueOf("HTTP/2.0");

	private final EventLoopMonitors monitors = new EventLoopMonitors(Duration.ofSeconds(1));

	private final AdmissionGate gate = new AdmissionGate(
			new AdmissionLimits(1, null, null, null, Duration.ofSeconds(5), List.of(), List.of(), 1), new OpenFiles(),
			new RetryPacing(Duration.ofSeconds(5), 0), Listening.by(AdmissionListener.class));

	private final UpgradeObserver observer = new UpgradeObserver(
			new Heartbeats(new ConnectionRegistry(Listening.by(ConnectionListener.class)), this.monitors,
					Heartbeats.Options.of(0)),
			new PathPolicies(POLICY, Map.of()),
			new HandshakeAdmission(this.gate, new AdmissionPolicies(List.of(), new CallbackFailures()),
					new HandshakeRequests(null, null), Duration.ZERO));

	private final EmbeddedChannel channel = new EmbeddedChannel();

	@AfterEach
	void stop() {
		this.channel.finishAndReleaseAll();
		this.monitors.close();
	}

	@Test
	void aRequestToUpgradeIsWatched() {
		addBridge();
		observe(handshake().set(HttpHeaderNames.UPGRADE, "WebSocket"));
		assertThat(isWatched()).isTrue();
	}

	@Test
	void aWebSocketOverHttp2IsWatched() {
		addBridge();
		observe(HTTP_2, HttpMethod.CONNECT, "/ws",
				new DefaultHttpHeaders().set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13"));
		assertThat(isWatched()).isTrue();
	}

	@Test
	void aTunnelOfAProxyIsLeftAlone() {
		addBridge();
		for (HttpVersion version : List.of(HttpVersion.HTTP_1_1, HTTP_2)) {
			observe(version, HttpMethod.CONNECT, "example.com:443",
					new DefaultHttpHeaders().set(HttpHeaderNames.HOST, "example.com:443"));
			assertThat(this.channel.pipeline().names()).doesNotContain(UpgradeWatcher.NAME, RefusingHandler.NAME);
		}
	}

	@Test
	void otherRequestsAreLeftAlone() {
		addBridge();
		observe(HttpVersion.HTTP_1_1, HttpMethod.GET, "/ws", handshake().set(HttpHeaderNames.UPGRADE, "h2c"));
		observe(HttpVersion.HTTP_1_1, HttpMethod.POST, "/ws", handshake());
		observe(HTTP_2, HttpMethod.GET, "/ws", handshake());
		assertThat(this.channel.pipeline().names()).doesNotContain(UpgradeWatcher.NAME, RefusingHandler.NAME);
	}

	@Test
	void theNextRequestOfAConnectionTakesThePlaceOfTheLast() {
		addBridge();
		observe(handshake());
		Object first = this.channel.pipeline().get(UpgradeWatcher.NAME);
		observe(handshake());
		assertThat(isWatched()).isTrue();
		assertThat(this.channel.pipeline().get(UpgradeWatcher.NAME)).isNotSameAs(first);
	}

	@Test
	void aRequestThatIsNotAdmittedIsRefused() {
		addBridge();
		this.gate.close(() -> Duration.ZERO);
		observe(handshake());
		assertRefused();
	}

	@Test
	void aRequestForAnotherVersionIsRefused() {
		addBridge();
		observe(handshake().set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "12"));
		assertRefused();
	}

	@Test
	void aRequestOverHttp2WithoutAVersionIsRefused() {
		addBridge();
		observe(HTTP_2, HttpMethod.CONNECT, "/ws", new DefaultHttpHeaders());
		assertRefused();
	}

	@Test
	void theSlotOfARequestIsGivenBackWhenTheChannelCloses() {
		addBridge();
		observe(handshake());
		assertThat(this.gate.slotsTaken()).isOne();
		this.channel.close();
		assertThat(this.gate.slotsTaken()).isZero();
	}

	@Test
	void theSlotOfARequestIsGivenBackWhenTheHandlerAnswersOtherwise() {
		addBridge();
		observe(handshake());
		this.channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NOT_FOUND));
		assertThat(this.gate.slotsTaken()).isZero();
	}

	@Test
	void aPipelineOfAnotherMakeIsLeftAloneAndWarnedOfOnce(CapturedOutput output) {
		observe(handshake());
		observe(handshake());
		assertThat(isWatched()).isFalse();
		assertThat(output.toString()).containsOnlyOnce("are not kept alive");
	}

	private void addBridge() {
		this.channel.pipeline().addLast(NettyPipeline.ReactiveBridge, new ChannelInboundHandlerAdapter());
	}

	private static HttpHeaders handshake() {
		return new DefaultHttpHeaders().set(HttpHeaderNames.HOST, "localhost")
			.set(HttpHeaderNames.UPGRADE, "websocket")
			.set(HttpHeaderNames.CONNECTION, "Upgrade")
			.set(HttpHeaderNames.SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ==")
			.set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13");
	}

	private void observe(HttpHeaders headers) {
		observe(HttpVersion.HTTP_1_1, HttpMethod.GET, "/ws", headers);
	}

	private void observe(HttpVersion version, HttpMethod method, String uri, HttpHeaders headers) {
		HttpServerRequest request = mock(HttpServerRequest.class, withSettings().extraInterfaces(Connection.class));
		given(request.version()).willReturn(version);
		given(request.method()).willReturn(method);
		given(request.requestHeaders()).willReturn(headers);
		given(request.uri()).willReturn(uri);
		given(((Connection) request).channel()).willReturn(this.channel);
		this.observer.onStateChange((Connection) request, ConnectionObserver.State.CONFIGURED);
	}

	private void assertRefused() {
		assertThat(isWatched()).isFalse();
		assertThat(this.channel.pipeline().get(RefusingHandler.NAME)).isNotNull();
	}

	private boolean isWatched() {
		return this.channel.pipeline().get(UpgradeWatcher.NAME) != null;
	}

}
