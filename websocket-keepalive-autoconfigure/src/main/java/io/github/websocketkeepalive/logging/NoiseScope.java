package io.github.websocketkeepalive.logging;

import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import javax.net.ssl.SSLException;

import io.netty.channel.Channel;
import io.netty.channel.unix.Errors;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakeException;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import reactor.netty.channel.AbortedException;

import io.github.websocketkeepalive.peer.LogLimiter;

/**
 * Marks the present thread while it passes on an event of a connection, so that filters
 * of the log know what Netty and Reactor Netty log about it by the state of the
 * connection. Where the peer is gone, a line is noise if it tells of the exception that
 * is passed on. If no exception is passed on, it is noise if it only tells that a channel
 * is closed. Where a peer may cause a line as often as it likes, the first of a kind is
 * logged in full, and the others are noise. What an application logs meanwhile is never
 * covered. Scopes nest; the innermost counts. Some lines are limited on all of the event
 * loops of a server, outside of scopes too.
 */
public final class NoiseScope implements AutoCloseable {

	/**
	 * Causes may go round in a circle.
	 */
	private static final int MAX_CAUSES = 16;

	/**
	 * Where the channel of a server keeps what becomes of noise about its connections.
	 */
	private static final AttributeKey<Policy> POLICY = AttributeKey.valueOf(NoiseScope.class, "policy");

	private static final Policy NONE = new Policy(null, (logger) -> {
	});

	/**
	 * Logs handshakes that fail behind WebFlux.
	 */
	private static final String HANDLER_ADAPTER = "org.springframework.web.server.adapter.HttpWebHandlerAdapter";

	private static final BooleanSupplier NEVER = () -> false;

	private static final FastThreadLocal<@Nullable NoiseScope> current = new FastThreadLocal<>();

	/**
	 * What limits lines of servers on this thread, outside of scopes too.
	 */
	private static final FastThreadLocal<@Nullable NoiseScope> limits = new FastThreadLocal<>();

	private static final List<Runnable> filters = new CopyOnWriteArrayList<>();

	private final Policy policy;

	private final BooleanSupplier gone;

	private final @Nullable Throwable passing;

	private final @Nullable Consumer<Runnable> withheld;

	private final Limit limit;

	private final @Nullable NoiseScope outer;

	private NoiseScope(Policy policy, BooleanSupplier gone, @Nullable Throwable passing,
			@Nullable Consumer<Runnable> withheld, Limit limit, @Nullable NoiseScope outer) {
		this.policy = policy;
		this.gone = gone;
		this.passing = passing;
		this.withheld = withheld;
		this.limit = limit;
		this.outer = outer;
	}

	/**
	 * Enter a scope, to be closed on the same thread.
	 * @param policy what becomes of the lines
	 * @param gone asked whenever a line is logged whether it is noise
	 * @param passing the exception that is passed on, or {@code null} if none is
	 * @return the scope
	 */
	public static NoiseScope enter(Policy policy, BooleanSupplier gone, @Nullable Throwable passing) {
		return enter(policy, gone, passing, null);
	}

	/**
	 * Enter a scope, to be closed on the same thread.
	 * @param policy what becomes of the lines
	 * @param gone asked whenever a line is logged whether it is noise
	 * @param passing the exception that is passed on, or {@code null} if none is
	 * @param withheld given, for each line, what logs it at its own level after all
	 * @return the scope
	 */
	public static NoiseScope enter(Policy policy, BooleanSupplier gone, @Nullable Throwable passing,
			@Nullable Consumer<Runnable> withheld) {
		return enter(policy, gone, passing, withheld, Limit.NOTHING);
	}

	private static NoiseScope enter(Policy policy, BooleanSupplier gone, @Nullable Throwable passing,
			@Nullable Consumer<Runnable> withheld, Limit limit) {
		filters.forEach(Runnable::run);
		NoiseScope scope = new NoiseScope(policy, gone, passing, withheld, limit, current.getIfExists());
		current.set(scope);
		return scope;
	}

	/**
	 * Enter a scope for the end of a WebSocket.
	 * @param channel the channel of the WebSocket
	 * @param gone whether the peer is gone; if not, lines are limited
	 * @return the scope, to be closed on the same thread; covers nothing unless the
	 * server of the connection was given a policy
	 */
	public static NoiseScope enterIfGone(Channel channel, boolean gone) {
		return enterIfGone(channel, gone, null);
	}

	/**
	 * Enter a scope for a handshake, which may fail: what WebFlux logs about that is
	 * limited.
	 * @param channel the channel of the handshake
	 * @return the scope, to be closed on the same thread
	 */
	public static NoiseScope enterHandshake(Channel channel) {
		Policy policy = policyOf(channel);
		return (policy != null) ? enter(policy, NEVER, null, null, Limit.HANDSHAKE)
				: enter(NONE, NEVER, null, null, Limit.NOTHING);
	}

	/**
	 * Enter a scope for input of a WebSocket, or of a connection whose streams are some:
	 * what is logged because the peer breaks the rules is limited.
	 * @param channel the channel of the WebSocket, or of the connection
	 * @return the scope, to be closed on the same thread
	 */
	public static NoiseScope enterLimited(Channel channel) {
		return enterIfGone(channel, false, null);
	}

	/**
	 * Enter a scope for an exception of a WebSocket, or of a connection whose streams are
	 * some. Where the peer is not gone, lines are limited.
	 * @param channel the channel of the connection, or of a stream on it
	 * @param failure the exception that is passed on; a failure of TLS does not tell that
	 * the peer is gone
	 * @return the scope, to be closed on the same thread
	 */
	public static NoiseScope enterIfGone(Channel channel, Throwable failure) {
		return enterIfGone(channel, failure instanceof IOException && !(failure instanceof SSLException), failure);
	}

	private static NoiseScope enterIfGone(Channel channel, boolean gone, @Nullable Throwable passing) {
		Policy policy = policyOf(channel);
		if (policy == null) {
			return enter(NONE, NEVER, passing, null, Limit.NOTHING);
		}
		return enter(policy, gone ? () -> true : NEVER, passing, null, Limit.PEER);
	}

	private static @Nullable Policy policyOf(Channel channel) {
		Channel server = channel;
		while (server.parent() != null) {
			server = server.parent();
		}
		return server.attr(POLICY).get();
	}

	/**
	 * Have noise about the connections of a server dealt with.
	 * @param server the channel of the server
	 * @param policy what becomes of it
	 */
	public static void apply(Channel server, Policy policy) {
		server.attr(POLICY).set(policy);
	}

	/**
	 * Limit what is logged on this thread about handshakes that fail, and about
	 * connections of HTTP/2 that break the rules, whether they have a WebSocket or not.
	 * @param policy what becomes of the lines
	 */
	public static void limitThread(Policy policy) {
		limits.set(new NoiseScope(policy, NEVER, null, null, Limit.SERVER, null));
	}

	/**
	 * Limit nothing on this thread any more, unless another policy has taken over.
	 * @param policy what was given before
	 */
	public static void unlimitThread(Policy policy) {
		NoiseScope scope = limits.getIfExists();
		if (scope != null && scope.policy == policy) {
			limits.remove();
		}
	}

	/**
	 * Return the scope that covers a line of the log.
	 * @param logger the name of its logger
	 * @param failure its exception, or {@code null} if it has none
	 * @return the scope, or {@code null} if the line is not noise
	 */
	public static @Nullable NoiseScope covering(String logger, @Nullable Throwable failure) {
		NoiseScope scope = current.getIfExists();
		if (scope != null && scope.isNoise(logger, failure)) {
			return scope;
		}
		NoiseScope limiting = (scope != null && scope.limit.covers(logger, failure)) ? scope : limits.getIfExists();
		return (limiting != null && limiting.limit.covers(logger, failure) && limiting.isRepetition(logger, failure))
				? limiting : null;
	}

	private boolean isNoise(String logger, @Nullable Throwable failure) {
		return isFramework(logger, failure) && isPassing(failure) && this.gone.getAsBoolean();
	}

	private boolean isRepetition(String logger, @Nullable Throwable failure) {
		String type = (failure != null) ? rootOf(failure).getClass().getName() : "";
		return !this.policy.limiter().admits(logger + " " + type);
	}

	/**
	 * Add a filter. A log system that is set up anew forgets its filters and tells nobody
	 * who would be left, so each is asked before every scope to see that it is in place.
	 * @param ensureInstalled puts the filter in place unless it is
	 */
	public static void addFilter(Runnable ensureInstalled) {
		filters.add(ensureInstalled);
	}

	/**
	 * Return whether a filter is the one that deals with noise. With several applications
	 * in one process, each has a filter, and a second one would take the first line of a
	 * kind for a repetition.
	 * @param ensureInstalled what was added
	 * @return whether it is the first of those that are left
	 */
	public static boolean isFirstFilter(Runnable ensureInstalled) {
		return !filters.isEmpty() && filters.get(0) == ensureInstalled;
	}

	/**
	 * Remove a filter.
	 * @param ensureInstalled what was added
	 */
	public static void removeFilter(Runnable ensureInstalled) {
		filters.remove(ensureInstalled);
	}

	/**
	 * Return the level for what this scope covers.
	 * @return the level, or {@code null} if it is not logged
	 */
	public @Nullable Level level() {
		return this.policy.level();
	}

	/**
	 * Note that a line was downgraded.
	 * @param logger the name of its logger
	 * @param original logs it at its own level after all
	 */
	public void downgraded(String logger, Runnable original) {
		this.policy.downgraded().accept(logger);
		if (this.withheld != null) {
			this.withheld.accept(original);
		}
	}

	@Override
	public void close() {
		if (this.outer != null) {
			current.set(this.outer);
		}
		else {
			current.remove();
		}
	}

	private static boolean isFramework(String logger, @Nullable Throwable failure) {
		if (logger.startsWith("reactor.netty.http.server.") || logger.startsWith("reactor.netty.channel.")
				|| logger.startsWith("reactor.netty.transport.")) {
			return true;
		}
		return failure != null && (logger.startsWith("io.netty.") || logger.equals("reactor.core.publisher.Operators"));
	}

	private boolean isPassing(@Nullable Throwable failure) {
		if (failure == null) {
			return true;
		}
		if (this.passing == null) {
			return onlyTellsOfTheEnd(failure);
		}
		return isCausedBy(failure, this.passing) || isCausedBy(this.passing, failure);
	}

	private static boolean onlyTellsOfTheEnd(Throwable failure) {
		return failure instanceof ClosedChannelException || failure instanceof AbortedException
				|| failure instanceof PrematureChannelClosureException;
	}

	// What an application fails with is of another type, also where a peer is the reason.
	private static boolean isOfPeer(@Nullable Throwable failure) {
		if (failure == null) {
			return true;
		}
		Throwable root = rootOf(failure);
		return onlyTellsOfTheEnd(root) || root instanceof CodecException || root instanceof Http2Exception
				|| isOfSocket(root);
	}

	// Not their subclasses: those tell of files, and of connections that the application
	// has opened itself.
	private static boolean isOfSocket(Throwable failure) {
		return failure instanceof Errors.NativeIoException || failure.getClass() == IOException.class
				|| failure.getClass() == SocketException.class;
	}

	private static Throwable rootOf(Throwable failure) {
		Throwable root = failure;
		for (int i = 0; i < MAX_CAUSES && root.getCause() != null; i++) {
			root = root.getCause();
		}
		return root;
	}

	private static boolean isCausedBy(Throwable failure, Throwable cause) {
		Throwable current = failure;
		for (int i = 0; i < MAX_CAUSES && current != null && current != cause; i++) {
			current = current.getCause();
		}
		return current == cause;
	}

	/**
	 * Which lines are logged in full only the first time.
	 */
	private enum Limit {

		NOTHING {

			@Override
			boolean covers(String logger, @Nullable Throwable failure) {
				return false;
			}

		},

		/**
		 * What a peer of a WebSocket causes.
		 */
		PEER {

			@Override
			boolean covers(String logger, @Nullable Throwable failure) {
				return isFramework(logger, failure) && isOfPeer(failure);
			}

		},

		/**
		 * What WebFlux logs when an upgrade fails: the text alone.
		 */
		HANDSHAKE {

			@Override
			boolean covers(String logger, @Nullable Throwable failure) {
				return failure == null && logger.equals(HANDLER_ADAPTER);
			}

		},

		/**
		 * What no application and no client of it can have caused, though they may share
		 * the thread.
		 */
		SERVER {

			@Override
			boolean covers(String logger, @Nullable Throwable failure) {
				return failure != null && isServer(logger) && isMalformed(failure);
			}

		};

		abstract boolean covers(String logger, @Nullable Throwable failure);

		private static boolean isServer(String logger) {
			return logger.startsWith("reactor.netty.http.server.")
					|| logger.equals("reactor.netty.transport.ServerTransport") || logger.startsWith("io.netty.");
		}

		// Netty also gives a reason of its own for what is malformed over HTTP/2.
		private static boolean isMalformed(Throwable failure) {
			Throwable root = rootOf(failure);
			return failure instanceof Http2Exception || root instanceof Http2Exception
					|| root instanceof WebSocketServerHandshakeException;
		}

	}

	/**
	 * What becomes of lines that only tell that a peer is gone, or of the same as one
	 * that was logged in full before.
	 *
	 * @param level the level they are logged at instead of their own, if that is higher,
	 * or {@code null} if they are not logged
	 * @param downgraded told the name of the logger of each, on the thread that logs
	 * @param limiter which lines are logged in full
	 */
	public record Policy(@Nullable Level level, Consumer<String> downgraded, LogLimiter limiter) {

		/**
		 * Create a policy with a limiter of its own.
		 * @param level the level they are logged at, or {@code null}
		 * @param downgraded told the name of the logger of each
		 */
		public Policy(@Nullable Level level, Consumer<String> downgraded) {
			this(level, downgraded, new LogLimiter());
		}

	}

}
