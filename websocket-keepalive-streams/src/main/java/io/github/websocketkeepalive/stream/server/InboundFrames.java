package io.github.websocketkeepalive.stream.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.web.reactive.socket.WebSocketMessage;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;

import io.github.websocketkeepalive.stream.codec.StreamCodec;
import io.github.websocketkeepalive.stream.protocol.ClientFrame;
import io.github.websocketkeepalive.stream.protocol.FrameException;

/**
 * Reads the messages of a connection, one at a time, and has its streams end when there
 * will be no more.
 */
final class InboundFrames extends BaseSubscriber<WebSocketMessage> {

	private final ServerConnection connection;

	private final StreamCodec codec;

	private final int maxBytes;

	private final EventLoop eventLoop;

	private final MonoSink<Void> handled;

	/**
	 * Create a subscriber to what a session receives.
	 * @param connection what takes the frames
	 * @param codec decodes them
	 * @param maxBytes how large each may be
	 * @param eventLoop the event loop of the connection
	 * @param handled is told of the end
	 */
	InboundFrames(ServerConnection connection, StreamCodec codec, int maxBytes, EventLoop eventLoop,
			MonoSink<Void> handled) {
		this.connection = connection;
		this.codec = codec;
		this.maxBytes = maxBytes;
		this.eventLoop = eventLoop;
		this.handled = handled;
	}

	@Override
	public Context currentContext() {
		return Context.of(this.handled.contextView());
	}

	@Override
	protected void hookOnSubscribe(Subscription subscription) {
		onEventLoop(() -> this.connection.start(() -> request(1)));
	}

	@Override
	protected void hookOnNext(WebSocketMessage message) {
		try {
			ClientFrame frame = decode(message);
			onEventLoop(() -> this.connection.received(frame));
		}
		catch (FrameException ex) {
			onEventLoop(() -> this.connection.received(ex));
		}
	}

	@Override
	protected void hookOnComplete() {
		onEventLoop(() -> {
			this.connection.end();
			this.handled.success();
		});
	}

	@Override
	protected void hookOnError(Throwable failure) {
		onEventLoop(() -> {
			this.connection.end();
			this.handled.error(failure);
		});
	}

	@Override
	protected void hookOnCancel() {
		onEventLoop(this.connection::end);
	}

	private ClientFrame decode(WebSocketMessage message) {
		return switch (message.getType()) {
			case TEXT, BINARY -> decode(message.getType() == WebSocketMessage.Type.BINARY,
					NettyDataBufferFactory.toByteBuf(message.getPayload()));
			case PING, PONG -> new ClientFrame.Unknown(message.getType().name());
		};
	}

	private ClientFrame decode(boolean binary, ByteBuf payload) {
		if (binary != this.codec.binary()) {
			throw new FrameException(null, null, "Frames of %s are %s messages".formatted(this.codec.subprotocol(),
					this.codec.binary() ? "binary" : "text"));
		}
		if (payload.readableBytes() > this.maxBytes) {
			throw new FrameException(null, null, "A frame may have at most %d bytes".formatted(this.maxBytes));
		}
		return this.codec.decodeClient(payload);
	}

	private void onEventLoop(Runnable action) {
		if (this.eventLoop.inEventLoop()) {
			action.run();
		}
		else {
			this.eventLoop.execute(action);
		}
	}

}
