package io.github.websocketkeepalive.server;

import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.Map;
import java.util.stream.Stream;

import io.netty.channel.ChannelId;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

import io.github.websocketkeepalive.connection.ConnectionId;

/**
 * A Reactor Context with the id of a connection, which is made when it is first asked
 * for: the context lives as long as the connection, and few ask.
 */
final class ConnectionIdContext implements Context {

	private final Context context;

	private final ChannelId channelId;

	private @Nullable String connectionId;

	ConnectionIdContext(Context context, ChannelId channelId) {
		this.context = context.delete(KeepaliveWebFilter.CONNECTION_ID);
		this.channelId = channelId;
	}

	@Override
	@SuppressWarnings("unchecked")
	public <T> T get(Object key) {
		return isConnectionId(key) ? (T) connectionId() : this.context.get(key);
	}

	@Override
	public boolean hasKey(Object key) {
		return isConnectionId(key) || this.context.hasKey(key);
	}

	@Override
	public Context put(Object key, Object value) {
		return isConnectionId(key) ? this.context.put(key, value)
				: new ConnectionIdContext(this.context.put(key, value), this.channelId);
	}

	@Override
	public Context delete(Object key) {
		if (isConnectionId(key)) {
			return this.context;
		}
		return hasKey(key) ? new ConnectionIdContext(this.context.delete(key), this.channelId) : this;
	}

	@Override
	public int size() {
		return this.context.size() + 1;
	}

	@Override
	public Stream<Map.Entry<Object, Object>> stream() {
		return Stream.concat(this.context.stream(),
				Stream.of(new SimpleImmutableEntry<>(KeepaliveWebFilter.CONNECTION_ID, connectionId())));
	}

	@Override
	public String toString() {
		return "ConnectionIdContext[" + connectionId() + ", " + this.context + "]";
	}

	private String connectionId() {
		String id = this.connectionId;
		if (id == null) {
			id = ConnectionId.of(this.channelId.asLongText());
			this.connectionId = id;
		}
		return id;
	}

	private static boolean isConnectionId(Object key) {
		return KeepaliveWebFilter.CONNECTION_ID.equals(key);
	}

}
