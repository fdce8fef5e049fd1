package io.github.websocketkeepalive.peer;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Addresses of peers as they stand in logs, endpoints and exceptions: {@code host:port},
 * where an address of IPv6 is in brackets. The name of a host is shown only where its
 * address is not known.
 */
public final class PeerAddress {

	/**
	 * An address as Java writes it, with or without a name before the slash.
	 */
	private static final Pattern WRITTEN_BY_JAVA = Pattern
		.compile("(?<![/\\w.-])[\\w.-]*/((?:\\d{1,3}\\.){3}\\d{1,3}:\\d|\\[[^\\s\\]]+]:\\d)");

	private static final Pattern UNRESOLVED = Pattern.compile("/<unresolved>(?=:\\d)");

	private PeerAddress() {
	}

	/**
	 * Return an address in the form that is shown.
	 * @param address the address
	 * @return the host and the port; the text of an address that is none of the Internet;
	 * or {@code null} if there is no address
	 */
	public static @Nullable String of(@Nullable SocketAddress address) {
		String host = host(address);
		if (host == null || !(address instanceof InetSocketAddress internet)) {
			return host;
		}
		return (host.contains(":") ? "[" + host + "]" : host) + ":" + internet.getPort();
	}

	/**
	 * Return the host of an address in the form that is shown.
	 * @param address the address
	 * @return the host, never in brackets; the text of an address that is none of the
	 * Internet; or {@code null} if there is no address
	 */
	public static @Nullable String host(@Nullable SocketAddress address) {
		if (!(address instanceof InetSocketAddress internet)) {
			return (address != null) ? PeerText.of(address.toString()) : null;
		}
		InetAddress ip = internet.getAddress();
		String host = (ip != null) ? ip.getHostAddress() : PeerText.of(internet.getHostString());
		return (host.startsWith("[") && host.endsWith("]")) ? host.substring(1, host.length() - 1) : host;
	}

	/**
	 * Return a message of an exception with the addresses in it in the form that is
	 * shown.
	 * @param message the message, which may quote the peer
	 * @return the message, in a form that is safe to show
	 */
	public static String inMessage(String message) {
		String shown = WRITTEN_BY_JAVA.matcher(PeerText.of(message)).replaceAll("$1");
		return UNRESOLVED.matcher(shown).replaceAll("");
	}

}
