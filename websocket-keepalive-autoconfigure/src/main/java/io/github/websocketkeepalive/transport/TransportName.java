package io.github.websocketkeepalive.transport;

import java.util.Locale;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2StreamChannel;

/**
 * Names what a channel runs on.
 */
public final class TransportName {

	private TransportName() {
	}

	/**
	 * Return the name of a channel's transport.
	 * @param channel the channel of a connection, or of an HTTP/2 stream
	 * @return {@code epoll}, {@code kqueue}, {@code io_uring}, {@code nio} or
	 * {@code other}; with {@code +h2} for an HTTP/2 stream
	 */
	public static String of(Channel channel) {
		boolean stream = isStream(channel);
		Channel connection = stream ? channel.parent() : channel;
		String name = connection.getClass().getSimpleName().toLowerCase(Locale.ROOT);
		return transport(name) + (stream ? "+h2" : "");
	}

	/**
	 * Return whether a channel is a stream of an HTTP/2 connection.
	 * @param channel the channel
	 * @return {@code false} if it is a connection of its own
	 */
	public static boolean isStream(Channel channel) {
		return channel instanceof Http2StreamChannel;
	}

	private static String transport(String className) {
		if (className.startsWith("epoll")) {
			return "epoll";
		}
		if (className.startsWith("kqueue")) {
			return "kqueue";
		}
		if (className.startsWith("iouring")) {
			return "io_uring";
		}
		return className.startsWith("nio") ? "nio" : "other";
	}

}
