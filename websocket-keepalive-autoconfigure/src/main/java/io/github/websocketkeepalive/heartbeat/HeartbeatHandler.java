package io.github.websocketkeepalive.heartbeat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ConnectionDetails;
import io.github.websocketkeepalive.liveness.Evidence;
import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.liveness.LivenessDecision;
import io.github.websocketkeepalive.liveness.LivenessTracker;
import io.github.websocketkeepalive.transport.ConnectionTap;

/**
 * Behind the frame codec of every WebSocket: the only translator between frames and the
 * {@link LivenessTracker}. Writes pings, keeps our pongs from the application, passes on
 * everything else, and notes why the connection ends. Confined to the event loop of its
 * channel.
 */
final class HeartbeatHandler extends ChannelDuplexHandler implements ChannelFutureListener {

	static final String NAME = "websocket-keepalive.heartbeat";

	private static final int TIMEOUT_CODE = CloseCause.PING_TIMEOUT.code();

	private static final String TIMEOUT_REASON = "keepalive ping timeout";

	private final HeartbeatConnection connection;

	private final LoopHeartbeats loop;

	private final int prefix;

	private int index;

	private int lastAnswered;

	private long pingFlushedNanos;

	private boolean suspect;

	private boolean ended;

	HeartbeatHandler(Channel channel, ConnectionDetails details, LivenessTracker tracker, ConnectionTap tap,
			LoopHeartbeats loop) {
		this.connection = new HeartbeatConnection(channel, details, tracker, tap);
		this.loop = loop;
		this.prefix = loop.random().nextInt();
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.index = this.loop.add(this, tracker().dueAt());
		this.loop.registry().opened(this.connection);
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		end();
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		end();
		context.fireChannelInactive();
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof PongWebSocketFrame pong && acknowledges(pong)) {
			pong.release();
			if (!context.channel().config().isAutoRead()) {
				context.read();
			}
			return;
		}
		if (message instanceof CloseWebSocketFrame close) {
			this.connection.endsBy(CloseCause.PEER_CLOSED, close);
		}
		context.fireChannelRead(message);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		if (cause instanceof CodecException) {
			CloseCause end = FailureCause.of(cause);
			end = (end != CloseCause.HANDLER_ERROR) ? end : CloseCause.PROTOCOL_ERROR;
			this.connection.undecodable(end);
		}
		context.fireExceptionCaught(cause);
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (message instanceof CloseWebSocketFrame close && context.channel().isActive()) {
			this.connection.endsBy(causeOf(close), close);
			tracker().closing(this.loop.now(), this.connection.getPendingBytes());
			reschedule();
		}
		context.write(message, promise);
	}

	@Override
	public void close(ChannelHandlerContext context, ChannelPromise promise) {
		if (context.channel().isActive()) {
			this.connection.endsBy(CloseCause.LOCAL_CLOSED);
		}
		context.close(promise);
	}

	/**
	 * Called when the write of a ping has ended.
	 */
	@Override
	public void operationComplete(ChannelFuture written) {
		if (written.isSuccess()) {
			this.pingFlushedNanos = System.nanoTime();
			tracker().pingFlushed(this.loop.now(), bytesReceived());
			reschedule();
		}
	}

	void movedTo(int index) {
		this.index = index;
	}

	void sweep(long now) {
		LivenessDecision decision = tracker().check(now, bytesReceived(), this.connection.channel().isWritable(),
				this.connection.getPendingBytes());
		if (decision == LivenessDecision.SEND_PING) {
			ping();
		}
		else if (decision == LivenessDecision.RESET) {
			ConnectionTap.reset(this.connection.channel());
		}
		else if (decision == LivenessDecision.SUSPECT && !this.suspect) {
			this.suspect = true;
			this.loop.suspect(this);
		}
		reschedule();
	}

	boolean isCondemned(long now) {
		this.suspect = false;
		boolean reading = this.connection.channel().config().isAutoRead();
		LivenessDecision verdict = tracker().verdict(now, bytesReceived(), reading, Evidence.UNKNOWN);
		HoldReason reason = tracker().heldBy();
		if (verdict == LivenessDecision.HOLD && reason != null) {
			this.loop.registry().held(this.connection, reason);
		}
		reschedule();
		return verdict == LivenessDecision.CLOSE && !this.ended;
	}

	boolean isDeferred() {
		return tracker().heldBy() != null;
	}

	void defer(long now) {
		tracker().defer(now);
		this.loop.registry().held(this.connection, HoldReason.MASS_SUSPICION);
		reschedule();
	}

	void die(long now) {
		HoldReason heldBy = tracker().die(now);
		this.connection.endsBy((heldBy == HoldReason.SLOW_PEER) ? CloseCause.TRANSPORT_DEAD : CloseCause.PING_TIMEOUT);
		Channel channel = this.connection.channel();
		boolean writable = channel.isWritable();
		CloseHandshake.start(channel, TIMEOUT_CODE, TIMEOUT_REASON);
		if (!writable) {
			ConnectionTap.reset(channel);
		}
		reschedule();
	}

	private void ping() {
		Channel channel = this.connection.channel();
		ChannelHandlerContext context = channel.pipeline().context(this);
		int sequence = this.connection.pingSent();
		PingWebSocketFrame ping = new PingWebSocketFrame(PingPayload.encode(channel.alloc(), this.prefix, sequence));
		context.writeAndFlush(ping).addListener(this);
		this.loop.registry().pinged(this.connection, sequence);
	}

	// A pong answers its ping and all before it: RFC 6455 section 5.5.3 lets a peer
	// answer only the latest.
	private boolean acknowledges(PongWebSocketFrame pong) {
		int sequence = PingPayload.decode(pong.content(), this.prefix);
		int lastPing = this.connection.lastPing();
		if (sequence <= 0 || sequence > lastPing) {
			return false;
		}
		if (sequence > this.lastAnswered) {
			this.lastAnswered = sequence;
			long rttNanos = (sequence == lastPing) ? System.nanoTime() - this.pingFlushedNanos : -1;
			this.connection.pongReceived(rttNanos);
			tracker().pongReceived(bytesReceived());
			reschedule();
			this.loop.registry().ponged(this.connection, sequence, rttNanos);
		}
		return true;
	}

	// Reactor Netty tells the peer of a handler that failed by this status, text and all.
	private static CloseCause causeOf(CloseWebSocketFrame close) {
		WebSocketCloseStatus failed = WebSocketCloseStatus.PROTOCOL_ERROR;
		boolean handlerFailed = close.statusCode() == failed.code() && failed.reasonText().equals(close.reasonText());
		return handlerFailed ? CloseCause.HANDLER_ERROR : CloseCause.LOCAL_CLOSED;
	}

	private void end() {
		if (!this.ended) {
			this.ended = true;
			this.loop.remove(this.index);
			this.loop.registry().closed(this.connection, this.connection.cause(), this.connection.closeCode());
		}
	}

	private void reschedule() {
		if (!this.ended) {
			this.loop.reschedule(this.index, tracker().dueAt());
		}
	}

	private long bytesReceived() {
		return this.connection.tap().bytesReceived();
	}

	private LivenessTracker tracker() {
		return this.connection.tracker();
	}

}
