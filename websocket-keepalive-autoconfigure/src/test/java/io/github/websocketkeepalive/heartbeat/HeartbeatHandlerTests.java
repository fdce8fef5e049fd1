package io.github.websocketkeepalive.heartbeat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.EncoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.MDC;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ConnectionDetails;
import io.github.websocketkeepalive.connection.ConnectionId;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.connection.ManagedConnection;
import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.guard.GuardPolicy;
import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.liveness.Liveness;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.liveness.PingMode;
import io.github.websocketkeepalive.logging.MdcScope;
import io.github.websocketkeepalive.test.Listening;
import io.github.websocketkeepalive.test.RawClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HeartbeatHandler} and its {@link HeartbeatConnection}, on a clock that
 * the tests advance.
 */
@ExtendWith(OutputCaptureExtension.class)
class HeartbeatHandlerTests {

	private static final LivenessPolicy POLICY = LivenessPolicy.of(PingMode.ALWAYS, Duration.ofSeconds(1),
			Duration.ofMillis(500), Duration.ofMillis(400), Duration.ofSeconds(5));

	private final RecordingListener listener = new RecordingListener();

	private final ConnectionRegistry registry = new ConnectionRegistry(
			Listening.by(ConnectionListener.class, this.listener));

	private final EventLoopMonitors monitors = new EventLoopMonitors(Duration.ofMillis(100));

	private final Application application = new Application();

	private static final int LOOK_AHEAD = 1024;

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private WebSocketConnection connection;

	@BeforeEach
	void start() {
		this.channel.freezeTime();
		this.channel.pipeline().addLast("application", this.application);
		ConnectionDetails details = new ConnectionDetails(Role.SERVER, "/ws/{name}", "/ws/echo?token=secret",
				new InetSocketAddress("192.0.2.1", 1234), "alice", "chat");
		new Heartbeats(this.registry, this.monitors, Heartbeats.Options.of(LOOK_AHEAD)).start(this.channel, details,
				POLICY, "application");
		this.connection = this.registry.find(this.channel.id().asLongText()).orElseThrow();
	}

	@AfterEach
	void stop() {
		this.channel.finishAndReleaseAll();
		this.monitors.close();
	}

	@Test
	void aConnectionTellsWhatTheHandshakeTold() {
		assertThat(this.connection.getId()).isEqualTo(ConnectionId.of(this.channel.id().asLongText()));
		assertThat(this.connection.getSessionId()).isEqualTo(this.channel.id().asLongText());
		assertThat(this.connection.getRole()).isEqualTo(Role.SERVER);
		assertThat(this.connection.getEndpoint()).isEqualTo("/ws/{name}");
		assertThat(this.connection.getPath()).isEqualTo("/ws/echo");
		assertThat(this.connection.getRemoteAddress()).isEqualTo(new InetSocketAddress("192.0.2.1", 1234));
		assertThat(this.connection.getPrincipal()).isEqualTo("alice");
		assertThat(this.connection.getSubprotocol()).isEqualTo("chat");
		assertThat(this.connection.getTransport()).isEqualTo("other");
		assertThat(this.connection.getOpenedAt()).isBetween(Instant.now().minusSeconds(60), Instant.now());
		assertThat(this.connection.getSinceLastReceived()).isPositive();
		assertThat(this.connection.getLiveness()).isEqualTo(Liveness.ALIVE);
		assertThat(this.connection.getHeldBy()).isNull();
		assertThat(this.connection.getRtt()).isNull();
		assertThat(this.connection.isClosing()).isFalse();
	}

	@Test
	void aConnectionCountsBytesInBothDirections() {
		this.channel.writeInbound(new TextWebSocketFrame("12345"));
		this.channel.writeOutbound(new TextWebSocketFrame("1234567"));
		assertThat(this.connection.getBytesReceived()).isEqualTo(5);
		assertThat(this.connection.getBytesSent()).isEqualTo(7);
		assertThat(this.connection.getPendingBytes()).isZero();
		this.channel.write(new TextWebSocketFrame("123"));
		assertThat(this.connection.getPendingBytes()).isGreaterThanOrEqualTo(3);
	}

	@Test
	void pingsCarryEightBytesOfOnePrefixAndRisingNumbers() {
		ByteBuf first = ping();
		assertThat(first.readableBytes()).isEqualTo(8);
		assertThat(first.getInt(4)).isEqualTo(1);
		pong(first);
		ByteBuf second = ping();
		assertThat(second.getInt(0)).isEqualTo(first.getInt(0));
		assertThat(second.getInt(4)).isEqualTo(2);
		assertThat(this.connection.getPingsSent()).isEqualTo(2);
		assertThat(this.listener.events()).containsExactly("opened", "ping 1", "pong 1", "ping 2");
	}

	@Test
	void ourPongsAreKeptFromTheApplicationAndReleased() {
		PongWebSocketFrame pong = pong(ping());
		assertThat(this.channel.<Object>readInbound()).isNull();
		assertThat(pong.refCnt()).isZero();
		assertThat(this.connection.getPongsReceived()).isEqualTo(1);
		assertThat(this.connection.getLiveness()).isEqualTo(Liveness.ALIVE);
	}

	@Test
	void pongsOfOthersReachTheApplication() {
		ByteBuf ours = ping();
		ByteBuf otherPrefix = ours.copy().setInt(0, ~ours.getInt(0));
		ByteBuf notYetSent = ours.copy().setInt(4, 2);
		ByteBuf numberZero = ours.copy().setInt(4, 0);
		ByteBuf tooShort = ours.copy(0, 7);
		ByteBuf tooLong = Unpooled.copiedBuffer(ours, Unpooled.buffer().writeByte(0));
		for (ByteBuf content : List.of(otherPrefix, notYetSent, numberZero, tooShort, tooLong, Unpooled.EMPTY_BUFFER)) {
			PongWebSocketFrame pong = new PongWebSocketFrame(content);
			this.channel.writeInbound(pong);
			assertThat(this.channel.<Object>readInbound()).isSameAs(pong);
			assertThat(pong.refCnt()).isPositive();
			pong.release();
		}
		assertThat(this.connection.getPongsReceived()).isZero();
	}

	@Test
	void aPongThatAnswersAnOlderPingCountsButTellsNoRoundTripTime() {
		ByteBuf first = ping();
		this.channel.writeInbound(new TextWebSocketFrame("alive"));
		ping();
		pong(first);
		assertThat(this.connection.getPongsReceived()).isEqualTo(1);
		assertThat(this.connection.getRtt()).isNull();
		assertThat(this.listener.events()).endsWith("ping 2", "pong 1 of an older ping");
	}

	@Test
	void aPongAnswersAllPingsBeforeItsOwn() {
		ByteBuf first = ping();
		this.channel.writeInbound(new TextWebSocketFrame("alive"));
		ByteBuf second = ping();
		this.channel.releaseInbound();
		pong(second);
		PongWebSocketFrame late = pong(first);
		PongWebSocketFrame again = pong(second);
		assertThat(this.channel.<Object>readInbound()).isNull();
		assertThat(late.refCnt()).isZero();
		assertThat(again.refCnt()).isZero();
		assertThat(this.connection.getPongsReceived()).isEqualTo(1);
		assertThat(this.listener.events()).endsWith("ping 2", "pong 2");
	}

	@Test
	void theRoundTripTimeRunsFromFlushToPong() {
		long start = System.nanoTime();
		pong(ping());
		assertThat(this.connection.getRtt()).isBetween(Duration.ZERO, Duration.ofNanos(System.nanoTime() - start));
	}

	@Test
	void everythingElsePassesUntouched() {
		TextWebSocketFrame text = new TextWebSocketFrame("text");
		PingWebSocketFrame ping = new PingWebSocketFrame();
		this.channel.writeInbound(text, ping, "no frame");
		assertThat(this.channel.<Object>readInbound()).isSameAs(text);
		assertThat(this.channel.<Object>readInbound()).isSameAs(ping);
		assertThat(this.channel.<Object>readInbound()).isEqualTo("no frame");
	}

	@Test
	void pingsThatAreNotOursAreCountedInBothDirections() {
		pong(ping());
		assertThat(this.connection.getForeignPings()).isZero();
		this.channel.writeInbound(new PingWebSocketFrame());
		assertThat(this.connection.getForeignPings()).isEqualTo(1);
		this.channel.writeOutbound(new PingWebSocketFrame());
		assertThat(this.connection.getForeignPings()).isEqualTo(2);
		assertThat(this.connection.getPingsSent()).isEqualTo(1);
	}

	private EmbeddedChannel identified() {
		EmbeddedChannel identified = new EmbeddedChannel();
		identified.pipeline().addLast("application", new ChannelInboundHandlerAdapter());
		new Heartbeats(new ConnectionRegistry(Listening.by(ConnectionListener.class)), this.monitors,
				new Heartbeats.Options(LOOK_AHEAD, GuardPolicy.DEFAULT, MdcScope.of("websocket"), null))
			.start(identified, new ConnectionDetails(Role.SERVER, "/ws", "/ws", null, null, null), POLICY,
					"application");
		return identified;
	}

	@Test
	void theIdIsInMdcWhileAnythingIsPassedOnAndOnlyThen() {
		Map<String, String> mdc = new LinkedHashMap<>();
		EmbeddedChannel identified = identified();
		identified.pipeline().addLast(new Identities(mdc));
		identified.writeInbound("message");
		identified.pipeline().fireUserEventTriggered("event");
		identified.pipeline().fireExceptionCaught(new IllegalStateException());
		identified.pipeline().fireChannelWritabilityChanged();
		identified.write("out").addListener((written) -> mdc.put("written", MDC.get("websocket")));
		identified.flush();
		identified.close();
		assertThat(mdc)
			.containsOnlyKeys("read", "readComplete", "event", "exception", "writability", "inactive", "written")
			.allSatisfy(
					(event, id) -> assertThat(id).as(event).isEqualTo(ConnectionId.of(identified.id().asLongText())));
		assertThat(MDC.get("websocket")).isNull();
		identified.finishAndReleaseAll();
	}

	@Test
	void theIdInMdcIsMadeOnceForEventsInARow() {
		EmbeddedChannel identified = identified();
		List<String> ids = new ArrayList<>();
		identified.pipeline().addLast(new ChannelInboundHandlerAdapter() {

			@Override
			public void channelRead(ChannelHandlerContext context, Object message) {
				ids.add(MDC.get("websocket"));
			}

		});
		identified.writeInbound("one", "two");
		assertThat(ids).hasSize(2);
		assertThat(ids.get(1)).isSameAs(ids.get(0));
		identified.finishAndReleaseAll();
	}

	@Test
	void aPingIsAnsweredOnceThePeerTakesItsOutputThoughTheIdIsInMdc() {
		EmbeddedChannel identified = identified();
		identified.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
		identified.writeInbound(new PingWebSocketFrame());
		assertThat(identified.<Object>readInbound()).isNull();
		identified.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
		identified.runPendingTasks();
		assertThat(identified.<Object>readInbound()).isInstanceOf(PingWebSocketFrame.class);
		identified.finishAndReleaseAll();
	}

	@Test
	void aPeerThatLeavesByTlsAloneHasNotBeenLeft() {
		this.channel.pipeline().fireUserEventTriggered(SslCloseCompletionEvent.SUCCESS);
		this.channel.close();
		this.channel.runPendingTasks();
		assertThat(this.listener.events()).endsWith("closed eof 1006");
	}

	@Test
	void wantOfMemoryForWhatAPeerSendsIsToldToItAndLogged(CapturedOutput output) {
		this.channel.pipeline()
			.fireExceptionCaught(new DecoderException(new OutOfMemoryError("no direct memory left")));
		CloseWebSocketFrame close = this.channel.readOutbound();
		assertThat(close.statusCode()).isEqualTo(1011);
		assertThat(close.reasonText()).isEqualTo("out of memory");
		close.release();
		assertThat(this.channel.isActive()).isFalse();
		assertThat(this.listener.events()).endsWith("closed out-of-memory 1011");
		assertThat(output).contains("Out of memory: closing WebSocket " + this.connection.getId(),
				"no direct memory left");
	}

	@Test
	void aPingForWhichThereIsNoMemorySaysNothingAboutThePeer() {
		OutOfMemoryError error = new OutOfMemoryError("no direct memory left");
		this.channel.pipeline().addFirst("encoder", new ChannelOutboundHandlerAdapter() {

			@Override
			public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
				ReferenceCountUtil.release(message);
				promise.setFailure(new EncoderException(error));
			}

		});
		advance(Duration.ofSeconds(10));
		assertThat(this.channel.isActive()).isTrue();
		assertThat(this.connection.getLiveness()).isEqualTo(Liveness.ALIVE);
		this.channel.pipeline().remove("encoder");
		advance(Duration.ofSeconds(1));
		PingWebSocketFrame next = this.channel.readOutbound();
		next.release();
	}

	@Test
	void aSilentPeerIsClosedWithACodeThatTellsWhy() {
		ping();
		advance(Duration.ofMillis(450));
		assertThat(this.channel.isActive()).isTrue();
		advance(Duration.ofMillis(350));
		CloseWebSocketFrame close = this.channel.readOutbound();
		assertThat(close.statusCode()).isEqualTo(1011);
		assertThat(close.reasonText()).isEqualTo("keepalive ping timeout");
		close.release();
		assertThat(this.channel.isActive()).isFalse();
		assertThat(this.listener.events()).containsExactly("opened", "ping 1", "closed ping-timeout 1011");
	}

	@Test
	void aPeerThatSendsAnythingLives() {
		for (int i = 0; i < 100; i++) {
			this.channel.writeInbound(new TextWebSocketFrame("x"));
			advance(Duration.ofMillis(400));
		}
		assertThat(this.channel.isActive()).isTrue();
		assertThat(this.connection.getPingsSent()).isBetween(38L, 41L);
	}

	@Test
	void aPeerThatAnswersLives() {
		for (int i = 0; i < 100; i++) {
			pong(ping());
		}
		assertThat(this.channel.isActive()).isTrue();
		assertThat(this.connection.getPongsReceived()).isEqualTo(100);
		assertThat(this.connection.getLiveness()).isEqualTo(Liveness.ALIVE);
	}

	@Test
	void anApplicationThatDoesNotReadHoldsTheVerdictUntilTheLimit() {
		this.channel.config().setAutoRead(false);
		this.channel.writeInbound(new TextWebSocketFrame("asked for by the handshake"),
				new TextWebSocketFrame("x".repeat(LOOK_AHEAD)));
		ping();
		advance(Duration.ofMillis(800));
		assertThat(this.connection.getLiveness()).isEqualTo(Liveness.HELD);
		assertThat(this.connection.getHeldBy()).isEqualTo(HoldReason.BACKPRESSURE);
		assertThat(this.listener.events()).containsExactly("opened", "ping 1", "held backpressure");
		advance(Duration.ofSeconds(4));
		assertThat(this.channel.isActive()).isTrue();
		advance(Duration.ofSeconds(4));
		assertThat(this.channel.isActive()).isFalse();
		assertThat(this.listener.events()).endsWith("closed ping-timeout 1011");
	}

	@Test
	void aPeerThatTakesNothingIsResetAtTheLimit() {
		this.channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, 2));
		this.channel.write(new TextWebSocketFrame("more than the peer takes"));
		advance(Duration.ofSeconds(2));
		assertThat(this.listener.events()).startsWith("opened", "held slow-peer");
		advance(Duration.ofSeconds(10));
		assertThat(this.channel.isActive()).isFalse();
		assertThat(this.connection.getPingsSent()).isZero();
		assertThat(this.listener.events()).endsWith("closed transport-dead 1011");
	}

	@Test
	void aConnectionThatEndsBeforeTheVerdictIsNotToldToBeHeld() {
		this.channel.config().setAutoRead(false);
		ping();
		advance(Duration.ofMillis(550));
		this.channel.unsafe().close(this.channel.voidPromise());
		advance(Duration.ofMillis(500));
		assertThat(this.listener.events()).containsExactly("opened", "ping 1", "closed eof 1006");
	}

	@Test
	void aPingThatCannotBeWrittenHarmsNothing() {
		this.channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {

			@Override
			public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
				((PingWebSocketFrame) message).release();
				promise.setFailure(new IOException("broken pipe"));
			}

		});
		advance(Duration.ofMillis(1100));
		assertThat(this.connection.getPingsSent()).isEqualTo(1);
		assertThat(this.connection.getLiveness()).isEqualTo(Liveness.AWAITING_PONG);
		assertThat(this.channel.isActive()).isTrue();
	}

	@Test
	void aCloseFrameOfThePeerGivesCauseAndCode() {
		this.channel.writeInbound(new CloseWebSocketFrame(4001, "bye"));
		this.channel.writeOutbound(new CloseWebSocketFrame(1000, ""));
		this.channel.close();
		assertThat(this.listener.events()).containsExactly("opened", "closed peer-closed 4001");
		CloseWebSocketFrame close = this.channel.readInbound();
		assertThat(close.statusCode()).isEqualTo(4001);
		close.release();
	}

	@Test
	void aCloseFrameComesBehindTheDataBeforeIt() {
		holdTwoFrames();
		this.channel.writeInbound(new CloseWebSocketFrame(4001, "bye"));
		assertThat(this.channel.inboundMessages()).extracting((frame) -> frame.getClass().getSimpleName())
			.containsExactly("TextWebSocketFrame", "TextWebSocketFrame", "CloseWebSocketFrame");
	}

	@Test
	void anEndWithoutACloseFrameComesBehindTheDataBeforeIt() {
		holdTwoFrames();
		this.channel.close();
		assertThat(this.application.framesBeforeTheEnd).isEqualTo(2);
	}

	@Test
	void anExceptionComesBehindTheDataBeforeIt() {
		holdTwoFrames();
		this.channel.pipeline().fireExceptionCaught(new TooLongFrameException("too long"));
		assertThat(this.application.failure).isInstanceOf(TooLongFrameException.class);
		assertThat(this.channel.inboundMessages()).hasSize(2);
	}

	@Test
	void whatIsHeldIsReleasedWithTheHandler() {
		TextWebSocketFrame held = holdTwoFrames();
		this.channel.pipeline().remove(HeartbeatHandler.class);
		assertThat(held.refCnt()).isZero();
		assertThat(this.channel.inboundMessages()).isEmpty();
	}

	@Test
	void anEmptyCloseFrameCountsAs1005() {
		this.channel.writeInbound(new CloseWebSocketFrame());
		this.channel.close();
		assertThat(this.listener.events()).containsExactly("opened", "closed peer-closed 1005");
	}

	@Test
	void aCloseFrameOfTheApplicationGivesCauseAndCode() {
		this.channel.writeOutbound(new CloseWebSocketFrame(4002, "bye"));
		this.channel.writeInbound(new CloseWebSocketFrame(4003, "bye"));
		this.channel.close();
		assertThat(this.listener.events()).containsExactly("opened", "closed local-closed 4002");
	}

	@Test
	void aCloseFrameByWhichReactorNettyTellsOfAFailureIsTheHandlers() {
		this.channel.writeOutbound(new CloseWebSocketFrame(WebSocketCloseStatus.PROTOCOL_ERROR));
		this.channel.close();
		this.channel.writeInbound(new CloseWebSocketFrame(1011, ""));
		assertThat(this.listener.events()).containsExactly("opened", "closed handler-error 1011");
	}

	@Test
	void aCloseFrameOfTheApplicationWithThatCodeIsStillItsOwn() {
		this.channel.writeOutbound(new CloseWebSocketFrame(1002, "no such command"));
		this.channel.close();
		this.channel.writeInbound(new CloseWebSocketFrame(1002, ""));
		assertThat(this.listener.events()).containsExactly("opened", "closed local-closed 1002");
	}

	@Test
	void aCloseFrameThatWaitsForTheHandlerIsSentBeforeTheChannelCloses() {
		((ManagedConnection) this.connection).handlerStarted();
		this.channel.writeOutbound(new CloseWebSocketFrame());
		assertThat(this.channel.outboundMessages()).isEmpty();
		this.channel.close();
		assertThat((Object) this.channel.readOutbound()).isInstanceOf(CloseWebSocketFrame.class);
		assertThat(this.channel.isOpen()).isTrue();
		this.channel.writeInbound(new CloseWebSocketFrame(1000, ""));
		assertThat(this.listener.events()).containsExactly("opened", "closed local-closed 1005");
	}

	@Test
	void nothingBadThatComesAfterACloseFrameMakesAnotherOne() {
		this.channel.writeOutbound(new CloseWebSocketFrame(4500, ""));
		this.channel.close();
		this.channel.<CloseWebSocketFrame>readOutbound().release();
		this.channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
			@Override
			public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			}
		});
		this.channel.writeInbound(new TextWebSocketFrame(true, 1, "reserved bit"));
		assertThat(this.channel.outboundMessages()).isEmpty();
		assertThat(this.listener.events()).containsExactly("opened", "closed local-closed 4500");
	}

	@Test
	void aPeerThatJustGoesIsAnEof() {
		this.channel.unsafe().close(this.channel.voidPromise());
		this.channel.runPendingTasks();
		assertThat(this.listener.events()).containsExactly("opened", "closed eof 1006");
	}

	@Test
	void aCloseWithoutAFrameIsTheApplications() {
		this.channel.close();
		assertThat(this.listener.events()).containsExactly("opened", "closed local-closed 1006");
		assertThat(this.registry.count()).isZero();
	}

	@Test
	void theEndIsToldOnce() {
		this.channel.close();
		this.channel.close();
		advance(Duration.ofSeconds(5));
		assertThat(this.listener.events()).containsExactly("opened", "closed local-closed 1006");
	}

	@Test
	void aRemovedHandlerIsAnEnd() {
		this.channel.pipeline().remove(HeartbeatHandler.NAME);
		advance(Duration.ofSeconds(5));
		assertThat(this.registry.count()).isZero();
		assertThat(this.channel.<Object>readOutbound()).isNull();
	}

	@Test
	void aBrokenFrameIsAProtocolError() {
		fail(new CorruptedWebSocketFrameException(WebSocketCloseStatus.PROTOCOL_ERROR, "bad"));
		assertThat(this.listener.events()).endsWith("closed protocol-error 1002");
	}

	@Test
	void aFrameAboveTheLimitIsTooLarge() {
		fail(new CorruptedWebSocketFrameException(WebSocketCloseStatus.MESSAGE_TOO_BIG, "big"));
		assertThat(this.listener.events()).endsWith("closed too-large 1009");
	}

	@Test
	void aMessageAboveTheLimitIsTooLarge() {
		fail(new TooLongFrameException("big"));
		assertThat(this.listener.events()).endsWith("closed too-large 1009");
	}

	@Test
	void whateverElseCannotBeDecodedIsAProtocolError() {
		fail(new DecoderException("inflate"));
		assertThat(this.listener.events()).endsWith("closed protocol-error 1002");
	}

	@Test
	void anExceptionOfAnotherKindIsNoCause() {
		fail(new IllegalStateException("unrelated"));
		assertThat(this.listener.events()).endsWith("closed eof 1006");
	}

	@Test
	void aResetComesBeforeWhatItMakesTheApplicationDo() {
		this.channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
		this.channel.writeOutbound(new CloseWebSocketFrame(WebSocketCloseStatus.PROTOCOL_ERROR));
		this.channel.close();
		assertThat(this.listener.events()).containsExactly("opened", "closed reset 1006");
	}

	@Test
	void aTimeoutOfTheTransportIsItsDeath() {
		fail(new IOException("Connection timed out"));
		assertThat(this.listener.events()).endsWith("closed transport-dead 1006");
	}

	@Test
	void anOperatorClosesWithCodeAndReason() {
		assertThat(this.registry.close(this.connection.getId(), 4000, "maintenance")).isTrue();
		CloseWebSocketFrame close = this.channel.readOutbound();
		assertThat(close.statusCode()).isEqualTo(4000);
		assertThat(close.reasonText()).isEqualTo("maintenance");
		close.release();
		assertThat(this.listener.events()).containsExactly("opened");
		this.channel.writeInbound(new CloseWebSocketFrame(4000, ""));
		assertThat(this.listener.events()).containsExactly("opened", "closed operator 4000");
	}

	@Test
	void aConnectionThatIsResetEndsAtOnce() {
		((ManagedConnection) this.connection).reset(CloseCause.DRAIN);
		assertThat(this.channel.isOpen()).isFalse();
		assertThat(this.listener.events()).containsExactly("opened", "closed drain 1006");
	}

	@Test
	void aHandlerThatFailsIsTheCause() {
		((ManagedConnection) this.connection).handlerFailed(new IllegalStateException("handler"));
		this.channel.close();
		assertThat(this.listener.events()).containsExactly("opened", "closed handler-error 1006");
	}

	@Test
	void aHandlerThatFailsAfterTheEndIsNotTheCause() {
		this.channel.writeInbound(new CloseWebSocketFrame(1000, ""));
		((ManagedConnection) this.connection).handlerFailed(new IllegalStateException("handler"));
		this.channel.close();
		((ManagedConnection) this.connection).handlerFailed(new IllegalStateException("handler"));
		assertThat(this.listener.events()).containsExactly("opened", "closed peer-closed 1000");
	}

	@Test
	void aClosingConnectionIsNotPinged() {
		this.channel.writeOutbound(new CloseWebSocketFrame(1000, ""));
		assertThat(this.connection.isClosing()).isTrue();
		advance(Duration.ofSeconds(5));
		assertThat(this.connection.getPingsSent()).isZero();
	}

	@Test
	void aClosingHandshakeThatHangsIsCutOff() {
		this.channel.writeOutbound(new CloseWebSocketFrame(4002, ""));
		advance(Duration.ofMillis(350));
		assertThat(this.channel.isActive()).isTrue();
		advance(Duration.ofMillis(200));
		assertThat(this.channel.isActive()).isFalse();
		assertThat(this.listener.events()).containsExactly("opened", "closed local-closed 4002");
	}

	@Test
	void aPeerThatIsGoneBeforeMuchIsReadFailsTheApplicationBehindWhatIsKept() {
		this.channel.config().setAutoRead(false);
		this.channel.pipeline().addFirst(new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder().build()));
		ByteBuf input = Unpooled.buffer();
		for (int i = 0; i < 20_000; i++) {
			input.writeBytes(RawClient.frame(true, RawClient.BINARY, new byte[1]));
		}
		this.channel.writeInbound(input);
		assertThat(this.channel.inboundMessages()).isEmpty();
		this.channel.unsafe().close(this.channel.voidPromise());
		this.channel.runPendingTasks();
		assertThat(this.application.framesBeforeTheEnd).isBetween(3_000, 3_300);
		assertThat(this.application.failure).isInstanceOf(TooLongFrameException.class);
		assertThat(this.listener.events()).endsWith("closed too-large 1006");
	}

	private TextWebSocketFrame holdTwoFrames() {
		this.channel.config().setAutoRead(false);
		TextWebSocketFrame first = new TextWebSocketFrame("1");
		this.channel.writeInbound(first, new TextWebSocketFrame("2"));
		assertThat(this.channel.inboundMessages()).isEmpty();
		return first;
	}

	private void fail(Throwable failure) {
		this.channel.pipeline().fireExceptionCaught(failure);
		assertThat(this.application.failure).isSameAs(failure);
		this.channel.unsafe().close(this.channel.voidPromise());
		this.channel.runPendingTasks();
	}

	private ByteBuf ping() {
		for (int i = 0; i < 30; i++) {
			advance(Duration.ofMillis(50));
			PingWebSocketFrame ping = this.channel.readOutbound();
			if (ping != null) {
				ByteBuf payload = Unpooled.copiedBuffer(ping.content());
				ping.release();
				return payload;
			}
		}
		throw new AssertionError("No ping within 1.5 s");
	}

	private PongWebSocketFrame pong(ByteBuf ping) {
		PongWebSocketFrame pong = new PongWebSocketFrame(ping.copy());
		this.channel.writeInbound(pong);
		return pong;
	}

	private void advance(Duration duration) {
		for (long millis = 0; millis < duration.toMillis(); millis += 50) {
			this.channel.advanceTimeBy(50, TimeUnit.MILLISECONDS);
			this.channel.runPendingTasks();
		}
	}

	private static final class Identities extends ChannelInboundHandlerAdapter {

		private final Map<String, String> mdc;

		Identities(Map<String, String> mdc) {
			this.mdc = mdc;
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			note("read");
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext context) {
			note("readComplete");
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			note("event");
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			note("exception");
		}

		@Override
		public void channelWritabilityChanged(ChannelHandlerContext context) {
			note("writability");
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			note("inactive");
		}

		private void note(String event) {
			this.mdc.put(event, MDC.get("websocket"));
		}

	}

	private static final class Application extends ChannelInboundHandlerAdapter {

		private Throwable failure;

		private int framesBeforeTheEnd;

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			this.framesBeforeTheEnd = ((EmbeddedChannel) context.channel()).inboundMessages().size();
			context.fireChannelInactive();
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			this.failure = cause;
		}

	}

}
