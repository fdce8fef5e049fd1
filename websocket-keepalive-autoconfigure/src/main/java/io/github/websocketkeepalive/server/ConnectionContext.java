package io.github.websocketkeepalive.server;

import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.Map;
import java.util.stream.Stream;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

import io.github.websocketkeepalive.connection.ConnectionId;

/**
 * A Reactor Context with the channel of a connection and its id, which is made when it is
 * first asked for: the context lives as long as the connection, and few ask.
 */
final class ConnectionContext implements Context {

	private static final Object ID = ConnectionContextWebFilter.CONNECTION_ID;

	private static final Object CHANNEL = ConnectionContextWebFilter.CHANNEL;

	private final Context context;

	private final Channel channel;

	private @Nullable String connectionId;

	ConnectionContext(Context context, Channel channel) {
		this.context = context.delete(ID).delete(CHANNEL);
		this.channel = channel;
	}

	@Override
	@SuppressWarnings("unchecked")
	public <T> T get(Object key) {
		return isOwn(key) ? (T) (ID.equals(key) ? connectionId() : this.channel) : this.context.get(key);
	}

	@Override
	public boolean hasKey(Object key) {
		return isOwn(key) || this.context.hasKey(key);
	}

	@Override
	public Context put(Object key, Object value) {
		return isOwn(key) ? unmade().put(key, value)
				: new ConnectionContext(this.context.put(key, value), this.channel);
	}

	@Override
	public Context delete(Object key) {
		if (isOwn(key)) {
			return unmade().delete(key);
		}
		return hasKey(key) ? new ConnectionContext(this.context.delete(key), this.channel) : this;
	}

	@Override
	public int size() {
		return this.context.size() + 2;
	}

	@Override
	public Stream<Map.Entry<Object, Object>> stream() {
		return Stream.concat(this.context.stream(), Stream.of(new SimpleImmutableEntry<>(ID, connectionId()),
				new SimpleImmutableEntry<>(CHANNEL, this.channel)));
	}

	@Override
	public String toString() {
		return "ConnectionContext[" + connectionId() + ", " + this.context + "]";
	}

	// For those who want other values than ours.
	private Context unmade() {
		return this.context.put(ID, connectionId()).put(CHANNEL, this.channel);
	}

	private String connectionId() {
		String id = this.connectionId;
		if (id == null) {
			id = ConnectionId.of(this.channel.id().asLongText());
			this.connectionId = id;
		}
		return id;
	}

	private static boolean isOwn(Object key) {
		return ID.equals(key) || CHANNEL.equals(key);
	}

}
