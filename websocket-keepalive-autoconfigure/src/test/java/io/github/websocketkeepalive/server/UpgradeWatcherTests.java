package io.github.websocketkeepalive.server;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.netty.NettyPipeline;

import io.github.websocketkeepalive.admission.Admission;
import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.liveness.PingMode;
import io.github.websocketkeepalive.test.Listening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link UpgradeWatcher}.
 */
class UpgradeWatcherTests {

	private static final LivenessPolicy POLICY = LivenessPolicy.of(PingMode.ALWAYS, Duration.ofSeconds(1),
			Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1));

	private final EventLoopMonitors monitors = new EventLoopMonitors(Duration.ofSeconds(1));

	private final ConnectionRegistry registry = new ConnectionRegistry(Listening.by(ConnectionListener.class));

	private final AdmissionGate gate = mock(AdmissionGate.class);

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final EmbeddedChannel stream = new EmbeddedChannel();

	private final List<Runnable> turns = new ArrayList<>();

	@BeforeEach
	void watch() {
		watch(this.channel, null, HttpResponseStatus.SWITCHING_PROTOCOLS);
		watch(this.stream, new HandshakeTurns(this.turns::add), HttpResponseStatus.OK);
	}

	private void watch(EmbeddedChannel channel, @Nullable HandshakeTurns turns, HttpResponseStatus success) {
		channel.pipeline().addLast(NettyPipeline.ReactiveBridge, new ChannelInboundHandlerAdapter());
		channel.pipeline()
			.addBefore(NettyPipeline.ReactiveBridge, UpgradeWatcher.NAME,
					new UpgradeWatcher(new Heartbeats(this.registry, this.monitors, Heartbeats.Options.of(0)),
							new PathPolicies(POLICY, Map.of()), this.gate, mock(Admission.class), null, channel, turns,
							success, "/ws", null));
	}

	@AfterEach
	void stop() {
		this.channel.finishAndReleaseAll();
		this.stream.finishAndReleaseAll();
		this.monitors.close();
	}

	@Test
	void theHeartbeatStartsBeforeWhoWroteTheResponseIsTold() {
		List<Long> known = new ArrayList<>();
		ChannelPromise promise = this.channel.newPromise();
		promise.addListener((written) -> known.add(this.registry.count()));
		this.channel.writeAndFlush(response(HttpResponseStatus.SWITCHING_PROTOCOLS), promise);
		assertThat(promise.isSuccess()).isTrue();
		assertThat(known).containsExactly(1L);
		assertThat(isWatched()).isFalse();
	}

	@Test
	void theHandlersOfExtensionsComeFirst() {
		this.channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {

			@Override
			public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
				promise.addListener((written) -> context.pipeline()
					.addBefore(NettyPipeline.ReactiveBridge, "extension", new ChannelInboundHandlerAdapter()));
				context.write(message, promise);
			}

		});
		this.channel.writeAndFlush(response(HttpResponseStatus.SWITCHING_PROTOCOLS));
		assertThat(this.channel.pipeline().names()).containsSubsequence("extension", "websocket-keepalive.heartbeat",
				NettyPipeline.ReactiveBridge);
	}

	@Test
	void theSubprotocolOfTheResponseIsThatOfTheConnection() {
		HttpResponse response = response(HttpResponseStatus.SWITCHING_PROTOCOLS);
		response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, "chat");
		this.channel.writeAndFlush(response);
		assertThat(this.registry.stream()).extracting(WebSocketConnection::getSubprotocol).containsExactly("chat");
	}

	@Test
	void aResponseThatCannotBeWrittenStartsNothingAndFails() {
		IOException failure = new IOException("broken");
		this.channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {

			@Override
			public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
				promise.setFailure(failure);
			}

		});
		ChannelPromise promise = this.channel.newPromise();
		this.channel.writeAndFlush(response(HttpResponseStatus.SWITCHING_PROTOCOLS), promise);
		assertThat(promise.cause()).isSameAs(failure);
		assertThat(this.registry.count()).isZero();
	}

	@Test
	void aRefusalIsTheEndOfTheWatchAndAnInterimResponseIsNot() {
		this.channel.writeAndFlush(response(HttpResponseStatus.EARLY_HINTS));
		assertThat(isWatched()).isTrue();
		this.channel.writeAndFlush(response(HttpResponseStatus.FORBIDDEN));
		assertThat(isWatched()).isFalse();
		assertThat(this.registry.count()).isZero();
	}

	@Test
	void aRequestThatComesWithItsEndIsPassedInParts() {
		FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/ws");
		this.channel.pipeline().context(EarlyInput.class).fireChannelRead(request);
		assertThat(request.refCnt()).isZero();
		assertThat(this.channel.inboundMessages()).hasSize(2)
			.noneMatch(FullHttpRequest.class::isInstance)
			.last()
			.isSameAs(LastHttpContent.EMPTY_LAST_CONTENT);
	}

	@Test
	void aRequestOfHttp2IsPassedOnWhenItsTurnComes() {
		HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.CONNECT, "/ws");
		this.stream.writeInbound(request);
		assertThat(this.stream.inboundMessages()).isEmpty();
		this.turns.remove(0).run();
		assertThat(this.stream.inboundMessages()).containsExactly(request);
		assertThat(this.turns).isEmpty();
	}

	@Test
	void aRequestOfHttp2ThatEndsItsStreamIsPassedOnWhenItsTurnComes() {
		FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.CONNECT, "/ws");
		this.stream.pipeline().context(EarlyInput.class).fireChannelRead(request);
		this.stream.pipeline().fireChannelReadComplete();
		assertThat(this.stream.inboundMessages()).isEmpty();
		this.turns.remove(0).run();
		assertThat(this.stream.inboundMessages()).hasSize(2).last().isSameAs(LastHttpContent.EMPTY_LAST_CONTENT);
	}

	@Test
	void aRequestOfHttp2WhoseStreamHasGoneIsDroppedWhenItsTurnComes() {
		FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.CONNECT, "/ws",
				Unpooled.copyInt(1));
		this.stream.pipeline().context(EarlyInput.class).fireChannelRead(request);
		this.stream.close();
		this.turns.remove(0).run();
		assertThat(this.stream.inboundMessages()).isEmpty();
		assertThat(request.refCnt()).isZero();
	}

	@Test
	void aStreamIsReadWhileItsRequestWaits() {
		AtomicInteger reads = new AtomicInteger();
		this.stream.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {

			@Override
			public void read(ChannelHandlerContext context) {
				reads.incrementAndGet();
			}

		});
		this.stream.writeInbound(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.CONNECT, "/ws"));
		int waiting = reads.get();
		assertThat(waiting).isPositive();
		this.stream.pipeline().fireChannelReadComplete();
		assertThat(reads.get()).isGreaterThan(waiting);
	}

	private boolean isWatched() {
		return this.channel.pipeline().get(UpgradeWatcher.NAME) != null;
	}

	private static HttpResponse response(HttpResponseStatus status) {
		return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status);
	}

}
