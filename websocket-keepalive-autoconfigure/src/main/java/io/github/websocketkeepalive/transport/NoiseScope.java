package io.github.websocketkeepalive.transport;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import javax.net.ssl.SSLException;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import reactor.netty.channel.AbortedException;

/**
 * Marks the present thread while it passes on an event of a connection whose peer is
 * gone, so that filters of the log know what Netty and Reactor Netty log about it by the
 * state of the connection. Covers neither what an application logs meanwhile nor
 * exceptions other than the one that is passed on, or, if none is, those that only tell
 * that a channel is closed. Scopes nest; the innermost counts.
 */
public final class NoiseScope implements AutoCloseable {

	/**
	 * Where the channel of a server keeps what becomes of noise about its connections.
	 */
	private static final AttributeKey<Policy> POLICY = AttributeKey.valueOf(NoiseScope.class, "policy");

	private static final Policy NONE = new Policy(null, (logger) -> {
	});

	private static final FastThreadLocal<@Nullable NoiseScope> current = new FastThreadLocal<>();

	private static final List<Runnable> filters = new CopyOnWriteArrayList<>();

	private final Policy policy;

	private final BooleanSupplier gone;

	private final @Nullable Throwable passing;

	private final @Nullable Consumer<Runnable> withheld;

	private final @Nullable NoiseScope outer;

	private NoiseScope(Policy policy, BooleanSupplier gone, @Nullable Throwable passing,
			@Nullable Consumer<Runnable> withheld, @Nullable NoiseScope outer) {
		this.policy = policy;
		this.gone = gone;
		this.passing = passing;
		this.withheld = withheld;
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
		filters.forEach(Runnable::run);
		NoiseScope scope = new NoiseScope(policy, gone, passing, withheld, current.getIfExists());
		current.set(scope);
		return scope;
	}

	/**
	 * Enter a scope for the end of a connection that asked for something.
	 * @param channel the channel of the connection, or of a stream on it
	 * @param gone whether the peer is gone
	 * @return the scope, to be closed on the same thread; covers nothing unless the peer
	 * is gone and the server of the connection was given a policy
	 */
	public static NoiseScope enterIfGone(Channel channel, boolean gone) {
		return enterIfGone(channel, gone, null);
	}

	/**
	 * Enter a scope for an exception of a connection that asked for something.
	 * @param channel the channel of the connection, or of a stream on it
	 * @param failure the exception that is passed on; a failure of TLS does not tell that
	 * the peer is gone
	 * @return the scope, to be closed on the same thread
	 */
	public static NoiseScope enterIfGone(Channel channel, Throwable failure) {
		return enterIfGone(channel, failure instanceof IOException && !(failure instanceof SSLException), failure);
	}

	private static NoiseScope enterIfGone(Channel channel, boolean gone, @Nullable Throwable passing) {
		Channel server = channel;
		while (server.parent() != null) {
			server = server.parent();
		}
		Policy policy = server.attr(POLICY).get();
		return enter((policy != null) ? policy : NONE, () -> gone && policy != null, passing);
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
	 * Return the scope that covers a line of the log.
	 * @param logger the name of its logger
	 * @param failure its exception, or {@code null} if it has none
	 * @return the scope, or {@code null} if the line is not noise
	 */
	public static @Nullable NoiseScope covering(String logger, @Nullable Throwable failure) {
		NoiseScope scope = current.getIfExists();
		return (scope != null && isFramework(logger, failure) && scope.isPassing(failure) && scope.gone.getAsBoolean())
				? scope : null;
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
			return failure instanceof ClosedChannelException || failure instanceof AbortedException;
		}
		return isCausedBy(failure, this.passing) || isCausedBy(this.passing, failure);
	}

	private static boolean isCausedBy(Throwable failure, Throwable cause) {
		Throwable current = failure;
		while (current != null && current != cause) {
			current = (current.getCause() != current) ? current.getCause() : null;
		}
		return current != null;
	}

	/**
	 * What becomes of lines that only tell that a peer is gone.
	 *
	 * @param level the level they are logged at instead of their own, if that is higher,
	 * or {@code null} if they are not logged
	 * @param downgraded told the name of the logger of each, on the thread that logs
	 */
	public record Policy(@Nullable Level level, Consumer<String> downgraded) {
	}

}
