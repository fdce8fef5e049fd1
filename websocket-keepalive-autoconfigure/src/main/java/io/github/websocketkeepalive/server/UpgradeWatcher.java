package io.github.websocketkeepalive.server;

import java.net.InetSocketAddress;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.PromiseNotifier;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.websocket.WebsocketInbound;

import io.github.websocketkeepalive.admission.Admission;
import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.connection.ConnectionDetails;
import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.logging.NoiseScope;
import io.github.websocketkeepalive.peer.RequestTarget;

/**
 * Waits in the pipeline for the response to one upgrade request. If the upgrade succeeds
 * it makes way for a heartbeat, otherwise it leaves. Collects meanwhile what the
 * handshake tells about the connection; the setters may be called on any thread before
 * the response is written.
 */
final class UpgradeWatcher extends ChannelDuplexHandler {

	static final String NAME = "websocket-keepalive.upgrade";

	private final Heartbeats heartbeats;

	private final PathPolicies policies;

	private final Admission admission;

	private final HttpResponseStatus success;

	private final String uri;

	private final Channel channel;

	private final @Nullable HandshakeTurns turns;

	private final EarlyInput early;

	private @Nullable HandshakeBody body;

	private @Nullable Turn turn;

	private volatile @Nullable HeldUpgrade heldUpgrade;

	private final @Nullable InetSocketAddress remoteAddress;

	private volatile String endpoint = WebSocketConnection.UNKNOWN_ENDPOINT;

	private volatile @Nullable String principal;

	/**
	 * Create a watcher for one request.
	 * @param heartbeats what starts a heartbeat
	 * @param policies which policy it is given
	 * @param gate what is told of clients that do not wait
	 * @param admission the slot of the handshake, given back if it fails
	 * @param heldUpgrade holds the response until the policies of the application have
	 * decided, unless they are asked elsewhere
	 * @param channel the channel of the request
	 * @param turns where a request over HTTP/2 waits for its turn, or {@code null} over
	 * HTTP/1.1
	 * @param success the status that completes the upgrade
	 * @param uri the request target
	 * @param remoteAddress the address of the client
	 */
	UpgradeWatcher(Heartbeats heartbeats, PathPolicies policies, AdmissionGate gate, Admission admission,
			@Nullable HeldUpgrade heldUpgrade, Channel channel, @Nullable HandshakeTurns turns,
			HttpResponseStatus success, String uri, @Nullable InetSocketAddress remoteAddress) {
		this.heartbeats = heartbeats;
		this.policies = policies;
		this.admission = admission;
		this.heldUpgrade = heldUpgrade;
		this.success = success;
		this.uri = uri;
		this.remoteAddress = remoteAddress;
		this.channel = channel;
		this.turns = turns;
		this.early = new EarlyInput(gate, remoteAddress, !success.equals(HttpResponseStatus.SWITCHING_PROTOCOLS));
	}

	Channel channel() {
		return this.channel;
	}

	@Nullable InetSocketAddress remoteAddress() {
		return this.remoteAddress;
	}

	void endpoint(String endpoint) {
		this.endpoint = endpoint;
	}

	void principal(String principal) {
		this.principal = principal;
	}

	void policiesAreAskedElsewhere() {
		this.heldUpgrade = null;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.early.join(context);
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		this.admission.release();
		HeldUpgrade heldUpgrade = this.heldUpgrade;
		if (heldUpgrade != null) {
			heldUpgrade.release();
		}
		if (this.body != null) {
			this.body.release();
		}
		if (this.turn != null) {
			this.turn.forget();
		}
		this.early.leave(context.pipeline());
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof HttpRequest request && this.turns != null) {
			this.body = HandshakeBody.of(request);
			this.turn = new Turn(() -> passBody(context));
			if (!this.turns.offer(this.turn)) {
				passBody(context);
			}
		}
		else if (message instanceof FullHttpRequest request) {
			HandshakeBody.of(request).pass(context);
		}
		else if (message instanceof HttpRequest request && HandshakeBody.follows(request)) {
			this.body = HandshakeBody.of(request);
			// No end of a reading follows where the request has waited for another one.
			context.executor().execute(() -> passBody(context));
		}
		else if (message instanceof HttpContent content && this.body != null) {
			this.body.add(content);
			if (content instanceof LastHttpContent && this.turns == null) {
				passBody(context);
			}
		}
		else {
			context.fireChannelRead(message);
		}
	}

	// A client that says that a body follows and sends none is answered all the same, as
	// it is by Reactor Netty. While a request of HTTP/2 waits, its stream is read, for
	// nothing else notices that it has ended.
	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		boolean waits = this.turns != null && this.body != null;
		if (this.turns == null) {
			passBody(context);
		}
		context.fireChannelReadComplete();
		if (waits) {
			context.read();
		}
	}

	private void passBody(ChannelHandlerContext context) {
		HandshakeBody body = this.body;
		this.body = null;
		if (body != null && !context.isRemoved() && context.channel().isActive()) {
			body.pass(context);
		}
		else if (body != null) {
			body.release();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
		try (NoiseScope scope = NoiseScope.enterLimited(context.channel())) {
			context.fireExceptionCaught(failure);
		}
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (!(message instanceof HttpResponse response)) {
			context.write(message, promise);
		}
		else if (isUpgrade(response)) {
			HeldUpgrade heldUpgrade = this.heldUpgrade;
			if (heldUpgrade != null) {
				heldUpgrade.hold(context, response, promise, () -> {
					upgrade(context, response, promise);
					context.flush();
				});
			}
			else {
				upgrade(context, response, promise);
			}
		}
		else {
			context.write(response, limited(context, promise));
			boolean last = response.status().codeClass() != HttpStatusClass.INFORMATIONAL;
			if (last || response.status().equals(this.success)) {
				context.pipeline().remove(this);
			}
		}
	}

	// When Reactor Netty cannot upgrade, it first answers and then fails.
	private static ChannelPromise limited(ChannelHandlerContext context, ChannelPromise promise) {
		ChannelPromise written = context.newPromise();
		written.addListener((future) -> {
			try (NoiseScope scope = NoiseScope.enterHandshake(context.channel())) {
				if (future.isSuccess()) {
					promise.trySuccess();
				}
				else {
					promise.tryFailure(future.cause());
				}
			}
		});
		return written;
	}

	// Over HTTP/2 a handler that knows nothing of WebSockets may answer 200 as well.
	private boolean isUpgrade(HttpResponse response) {
		boolean other = ChannelOperations.get(this.channel) instanceof HttpServerRequest request
				&& !request.isWebsocket();
		return response.status().equals(this.success) && !other;
	}

	// The handlers of extensions come into the pipeline by listeners too, which are added
	// as the response passes: they have to come first. Who writes it is told last: the
	// WebSocketHandler is called then, and its connection has to be known.
	private void upgrade(ChannelHandlerContext context, HttpResponse response, ChannelPromise promise) {
		String subprotocol = response.headers().get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
		ChannelPromise written = context.newPromise();
		discardBody(context.channel());
		this.early.answered();
		context.write(response, written);
		written.addListener((future) -> {
			if (future.isSuccess() && !context.isRemoved()) {
				startHeartbeat(context, subprotocol);
			}
		});
		PromiseNotifier.cascade(false, written, promise);
		written.addListener((future) -> leave(context));
	}

	// Last, for what a client has sent without waiting is handed on then, and the
	// operations of the WebSocket have to be there.
	private void leave(ChannelHandlerContext context) {
		if (ChannelOperations.get(context.channel()) instanceof WebsocketInbound) {
			remove(context);
		}
		else {
			context.executor().execute(() -> remove(context));
		}
	}

	private void remove(ChannelHandlerContext context) {
		if (!context.isRemoved()) {
			context.pipeline().remove(this);
		}
	}

	// What a client sends behind its request while that waits is with operations that
	// Reactor Netty is about to replace, without releasing what they have read.
	private static void discardBody(Channel channel) {
		ChannelOperations<?, ?> operations = ChannelOperations.get(channel);
		if (operations != null) {
			operations.discard();
		}
	}

	// The WebSocket turned auto-read off when it was made. Where its response was held,
	// Reactor Netty has turned it on since, at the end of the request.
	private void startHeartbeat(ChannelHandlerContext context, @Nullable String subprotocol) {
		context.channel().config().setAutoRead(false);
		ConnectionDetails details = new ConnectionDetails(Role.SERVER, this.endpoint, this.uri, this.remoteAddress,
				this.principal, subprotocol);
		this.admission.pass();
		this.heartbeats.start(context.channel(), details, this.policies.policyFor(RequestTarget.path(this.uri)),
				NettyPipeline.ReactiveBridge);
	}

	/**
	 * Passes a request on when its turn comes. Holds nothing of a stream that has gone,
	 * because many may have gone before that.
	 */
	private static final class Turn implements Runnable {

		private @Nullable Runnable request;

		Turn(Runnable request) {
			this.request = request;
		}

		void forget() {
			this.request = null;
		}

		@Override
		public void run() {
			if (this.request != null) {
				this.request.run();
			}
		}

	}

}
