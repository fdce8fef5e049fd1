package io.github.websocketkeepalive.peer;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * Which addresses count as one client.
 */
public final class ClientAddress {

	private static final int IPV6_LENGTH = 16;

	/**
	 * Whoever has one address of such a network has all of them (RFC 4291 section 2.5.1).
	 */
	private static final int NETWORK_LENGTH = 8;

	/**
	 * One site has up to so many networks (RFC 6177 section 2).
	 */
	private static final int SITE_LENGTH = 6;

	private ClientAddress() {
	}

	/**
	 * Return what counts as one client: an address of IPv4, or 64 bits of IPv6.
	 * @param address an address
	 * @return a key for it, or {@code null} if it is no IP address
	 */
	public static @Nullable String of(@Nullable SocketAddress address) {
		return prefix(address, NETWORK_LENGTH);
	}

	/**
	 * Return what counts as one site: an address of IPv4, or 48 bits of IPv6.
	 * @param address an address
	 * @return a text that stands for it, or {@code null} if it is none of the Internet
	 */
	public static @Nullable String site(@Nullable SocketAddress address) {
		return prefix(address, SITE_LENGTH);
	}

	private static @Nullable String prefix(@Nullable SocketAddress address, int length) {
		InetAddress ip = (address instanceof InetSocketAddress inet) ? inet.getAddress() : null;
		if (ip == null) {
			return null;
		}
		byte[] bytes = ip.getAddress();
		return HexFormat.of().formatHex(bytes, 0, (bytes.length == IPV6_LENGTH) ? length : bytes.length);
	}

}
