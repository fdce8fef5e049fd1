package io.github.websocketkeepalive.stream.server;

import java.net.SocketAddress;
import java.security.Principal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.connection.ConnectionId;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.eventloop.EventLoopTurns;
import io.github.websocketkeepalive.listener.Listeners;
import io.github.websocketkeepalive.peer.ClientAddress;
import io.github.websocketkeepalive.peer.LogLimiter;
import io.github.websocketkeepalive.stream.LiveTopic;
import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.StreamFeed;
import io.github.websocketkeepalive.stream.StreamPolicy;
import io.github.websocketkeepalive.stream.codec.StreamCodec;
import io.github.websocketkeepalive.stream.codec.StreamCodecs;
import io.github.websocketkeepalive.stream.session.StreamSessions;

/**
 * Offers streams to the clients of one endpoint, in the subprotocols
 * {@code resumable.v1.*}, and in that for JSON if none is negotiated. Serves any number
 * of connections; needs the server of Reactor Netty. Made by a {@link Builder}.
 */
public final class StreamWebSocketHandler implements WebSocketHandler {

	private static final CloseStatus TAKEN_OVER = CloseStatus.NORMAL.withReason("session continued elsewhere");

	private final LogLimiter limiter = new LogLimiter();

	private final Map<EventLoop, EventLoopTurns> turns = new ConcurrentHashMap<>();

	private final Map<String, StreamFeed> feeds;

	private final Builder options;

	private StreamWebSocketHandler(Map<String, StreamFeed> feeds, Builder options) {
		this.feeds = feeds;
		this.options = options;
	}

	@Override
	public List<String> getSubProtocols() {
		return this.options.codecs.subprotocols();
	}

	@Override
	public Mono<Void> handle(WebSocketSession session) {
		return session.getHandshakeInfo()
			.getPrincipal()
			.map(Optional::of)
			.defaultIfEmpty(Optional.empty())
			.flatMap((principal) -> Mono.create((sink) -> serve(session, principal.orElse(null), sink)));
	}

	private void serve(WebSocketSession session, @Nullable Principal principal, MonoSink<Void> sink) {
		Channel channel = sink.contextView().getOrDefault(Channel.class, null);
		if (channel == null) {
			sink.error(new IllegalStateException(
					"Streams need a WebSocket of Reactor Netty that websocket-keepalive knows of"));
			return;
		}
		StreamCodec codec = this.options.codecs.find(session.getHandshakeInfo().getSubProtocol());
		ConnectionScope scope = new ConnectionScope(ConnectionId.of(session.getId()), codec, channel.alloc(),
				this.options.policy, this.options.listeners, Context.of(sink.contextView()), this.limiter);
		EventLoopTurns turns = this.turns.computeIfAbsent(channel.eventLoop(),
				(eventLoop) -> new EventLoopTurns(eventLoop, "Sending the messages of streams"));
		ConnectionSession kept = new ConnectionSession(this.options.sessions,
				(principal != null) ? principal.getName() : null, ClientAddress.of(remoteAddress(session)), scope.id());
		ServerConnection connection = new ServerConnection(channel, turns, scope, this.feeds, principal, kept,
				() -> session.close(TAKEN_OVER).onErrorComplete().subscribe());
		InboundFrames frames = new InboundFrames(connection, codec, this.options.policy.maxFrameBytes(),
				channel.eventLoop(), sink);
		sink.onCancel(frames);
		session.receive().subscribe(frames);
	}

	// WebFlux knows another address where the number of trusted proxies is set.
	private @Nullable SocketAddress remoteAddress(WebSocketSession session) {
		return this.options.connections.find(session.getId())
			.map(WebSocketConnection::getRemoteAddress)
			.orElseGet(() -> session.getHandshakeInfo().getRemoteAddress());
	}

	/**
	 * Makes handlers. Not thread-safe.
	 */
	public static final class Builder {

		private final Map<String, StreamFeed> feeds = new LinkedHashMap<>();

		private final StreamCodecs codecs;

		private final StreamPolicy policy;

		private final StreamSessions sessions;

		private final WebSocketConnections connections;

		private final Listeners<StreamListener> listeners;

		private final Supplier<Map<String, StreamFeed>> beans;

		/**
		 * Create a builder. Applications inject one that is set up already.
		 * @param codecs the encodings
		 * @param policy how much of a stream is under way
		 * @param sessions where sessions are kept
		 * @param connections where the addresses of clients are known
		 * @param listeners who is told of the lives of streams
		 * @param beans what is offered if nothing is named
		 */
		@Internal
		public Builder(StreamCodecs codecs, StreamPolicy policy, StreamSessions sessions,
				WebSocketConnections connections, Listeners<StreamListener> listeners,
				Supplier<Map<String, StreamFeed>> beans) {
			this.codecs = codecs;
			this.policy = policy;
			this.sessions = sessions;
			this.connections = connections;
			this.listeners = listeners;
			this.beans = beans;
		}

		/**
		 * Offer a source.
		 * @param name the name by which clients ask for it
		 * @param source the source
		 * @param <T> what its rows are
		 * @return this builder
		 * @throws InvalidStreamSourcesException if something of that name is offered
		 * already
		 */
		public <T> Builder source(String name, ReplayableSource<T> source) {
			return offer(name, feedOf(source));
		}

		/**
		 * Offer a topic under its own name.
		 * @param topic the topic
		 * @return this builder
		 * @throws InvalidStreamSourcesException if something of that name is offered
		 * already
		 */
		public Builder topic(LiveTopic<?> topic) {
			return topic(topic.name(), topic);
		}

		/**
		 * Offer a topic.
		 * @param name the name by which clients ask for it
		 * @param topic the topic
		 * @return this builder
		 * @throws InvalidStreamSourcesException if something of that name is offered
		 * already
		 */
		public Builder topic(String name, LiveTopic<?> topic) {
			return offer(name, topic);
		}

		/**
		 * Make a handler of what was named, or if nothing was, of every bean that is a
		 * {@link ReplayableSource} or a {@link LiveTopic}.
		 * @return the handler
		 * @throws InvalidStreamSourcesException if there is nothing to offer
		 */
		public StreamWebSocketHandler build() {
			Map<String, StreamFeed> feeds = this.feeds.isEmpty() ? this.beans.get() : this.feeds;
			if (feeds.isEmpty()) {
				throw new InvalidStreamSourcesException("There is no source that streams could be opened of.",
						"Add a bean of type ReplayableSource or LiveTopic, or name one to the builder.");
			}
			return new StreamWebSocketHandler(Map.copyOf(feeds), this);
		}

		/**
		 * Return how streams are read from a source.
		 * @param source the source
		 * @return the feed
		 */
		public static StreamFeed feedOf(ReplayableSource<?> source) {
			return new ReplayableFeed(source);
		}

		private Builder offer(String name, StreamFeed feed) {
			if (this.feeds.putIfAbsent(name, feed) != null) {
				throw new InvalidStreamSourcesException("Two sources of streams are named '%s'.".formatted(name),
						"Give one of them another name.");
			}
			return this;
		}

	}

}
