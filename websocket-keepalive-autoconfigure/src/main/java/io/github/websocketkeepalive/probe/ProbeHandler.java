package io.github.websocketkeepalive.probe;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.stream.Stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.timeout.TimeoutException;
import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.logging.NoiseScope;
import io.github.websocketkeepalive.peer.PeerAddress;

/**
 * Before the HTTP codec of a TCP connection, until that has asked for something: has it
 * classified if it never does, and marks the thread while it passes on its events. Leaves
 * the pipeline at the first valid request. Confined to the event loop of its channel.
 */
@Internal
public final class ProbeHandler extends ChannelDuplexHandler {

	/**
	 * Its name in the pipeline.
	 */
	public static final String NAME = "websocket-keepalive.probe";

	private final Probes probes;

	private final ProbeClassifier classifier;

	private final @Nullable SocketAddress remoteAddress;

	private ProbeHandler(Probes probes, ProbeClassifier classifier, @Nullable SocketAddress remoteAddress) {
		this.probes = probes;
		this.classifier = classifier;
		this.remoteAddress = remoteAddress;
	}

	/**
	 * Watch a connection.
	 * @param channel its channel, initialized but for the tap
	 * @param probes what is told of it if it is a probe
	 * @param proxyName the name of the decoder of the PROXY protocol
	 * @param tlsName the name of the handler of TLS
	 * @param codecName the name of the codec of HTTP/1.1
	 * @param http2Names the names of the handlers that may take its place where the
	 * server understands HTTP/2
	 */
	public static void install(Channel channel, Probes probes, String proxyName, String tlsName, String codecName,
			String... http2Names) {
		ChannelPipeline pipeline = channel.pipeline();
		String http2 = Stream.of(http2Names).filter((name) -> pipeline.get(name) != null).findFirst().orElse(null);
		String codec = (http2 != null) ? http2 : codecName;
		if (pipeline.get(codec) == null) {
			return;
		}
		boolean proxy = pipeline.get(proxyName) != null;
		boolean tls = pipeline.get(tlsName) != null;
		ProbeClassifier classifier = new ProbeClassifier(proxy, tls, http2 != null);
		pipeline.addBefore(codec, NAME, new ProbeHandler(probes, classifier, channel.remoteAddress()));
		if (tls) {
			pipeline.addBefore(tlsName, null, new FirstBytes(classifier::receivedPastProxy));
		}
		if (proxy) {
			pipeline.addBefore(proxyName, null, new FirstBytes(classifier::received));
		}
	}

	/**
	 * A valid request was received, on a connection or on a stream of it.
	 * @param channel the channel of either
	 */
	public static void spoken(Channel channel) {
		ProbeHandler handler = of(channel);
		if (handler != null) {
			handler.classifier.spoken();
			if (handler.classifier.hasSpoken()) {
				handler.leave(connection(channel));
			}
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof ByteBuf bytes && bytes.isReadable()) {
			this.classifier.receivedHttp(bytes.nioBuffer());
		}
		if (this.classifier.hasSpoken()) {
			leave(context.channel());
			context.fireChannelRead(message);
			return;
		}
		try (NoiseScope scope = enter(null)) {
			context.fireChannelRead(message);
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
			this.classifier.handshakeDone();
		}
		try (NoiseScope scope = enter(null)) {
			context.fireUserEventTriggered(event);
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
		if (!isOfPeer(failure)) {
			context.fireExceptionCaught(failure);
			return;
		}
		this.classifier.failed(failure, context.channel().isActive());
		try (NoiseScope scope = enter(failure)) {
			context.fireExceptionCaught(failure);
		}
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		this.classifier.answered();
		context.write(message, promise);
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		this.classifier.closed();
		try (NoiseScope scope = enter(null)) {
			context.fireChannelInactive();
		}
		Probe.Kind kind = this.classifier.kind();
		if (kind != null) {
			this.probes.ended(new Probe(address(), kind, this.classifier.end()));
		}
	}

	private NoiseScope enter(@Nullable Throwable failure) {
		return NoiseScope.enter(this.probes.noise(), this::isNoise, failure, this::withhold);
	}

	private boolean isNoise() {
		return this.classifier.isProbe()
				&& !(this.classifier.hasFailedTls() && this.probes.tlsFailures().isClient(address()));
	}

	private void withhold(Runnable original) {
		if (this.classifier.hasFailedTls()) {
			this.probes.tlsFailures().withhold(address(), original);
		}
	}

	private void leave(Channel channel) {
		if (channel.pipeline().context(this) != null) {
			channel.pipeline().remove(this);
		}
		if (this.classifier.isTls()) {
			this.probes.tlsFailures().spoken(address());
		}
	}

	// Anything else is a fault of this side, whoever triggered it.
	private static boolean isOfPeer(Throwable failure) {
		return failure instanceof IOException || failure instanceof TimeoutException
				|| (failure instanceof DecoderException && (failure.getCause() == null
						|| failure.getClass() != DecoderException.class || failure.getCause() instanceof IOException));
	}

	private static @Nullable ProbeHandler of(Channel channel) {
		return (ProbeHandler) connection(channel).pipeline().get(NAME);
	}

	private static Channel connection(Channel channel) {
		return (channel.parent() != null && channel.parent().pipeline().get(NAME) != null) ? channel.parent() : channel;
	}

	private String address() {
		return String.valueOf(PeerAddress.host(this.remoteAddress));
	}

	/**
	 * Tells when the first bytes come by, and leaves.
	 */
	static final class FirstBytes extends ChannelInboundHandlerAdapter {

		private final Runnable seen;

		FirstBytes(Runnable seen) {
			this.seen = seen;
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			this.seen.run();
			context.pipeline().remove(this);
			context.fireChannelRead(message);
		}

	}

}
