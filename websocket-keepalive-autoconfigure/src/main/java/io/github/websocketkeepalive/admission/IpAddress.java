package io.github.websocketkeepalive.admission;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.Internal;

/**
 * Reads addresses as proxies write them into headers. The only place that does, and a
 * strict one: a text that programs could take for different addresses is none.
 */
@Internal
public final class IpAddress {

	private static final int MAX_LENGTH = 64;

	private static final int MAX_PORT = 65_535;

	private static final Pattern ZONE = Pattern.compile("%[A-Za-z0-9._~%-]+\\z");

	private static final Pattern PORT = Pattern.compile(":[0-9]{1,5}");

	private static final Pattern LEADING_ZERO = Pattern.compile("(?:^|\\.)0[0-9]");

	private IpAddress() {
	}

	/**
	 * Read an address: {@code 192.0.2.1}, {@code 192.0.2.1:80}, {@code 2001:db8::1},
	 * {@code [2001:db8::1]} or {@code [2001:db8::1]:80}. An IPv4 address in the form of
	 * IPv6 ({@code ::ffff:192.0.2.1}) is the IPv4 address, and a zone is left out.
	 * @param text the text
	 * @return the address, with port 0 if the text has none; or {@code null} for anything
	 * else, such as the name of a host
	 */
	public static @Nullable InetSocketAddress parse(String text) {
		if (text.length() > MAX_LENGTH) {
			return null;
		}
		if (text.startsWith("[")) {
			int end = text.indexOf(']');
			String rest = text.substring(end + 1);
			return (end > 0 && (rest.isEmpty() || rest.startsWith(":"))) ? of(ipv6(text.substring(1, end)), port(rest))
					: null;
		}
		int colon = text.indexOf(':');
		if (colon >= 0 && colon != text.lastIndexOf(':')) {
			return of(ipv6(text), 0);
		}
		String host = (colon >= 0) ? text.substring(0, colon) : text;
		return of(ipv4(host), port(text.substring(host.length())));
	}

	private static byte @Nullable [] ipv4(String text) {
		boolean strict = NetUtil.isValidIpV4Address(text) && !LEADING_ZERO.matcher(text).find();
		return strict ? NetUtil.createByteArrayFromIpAddressString(text) : null;
	}

	private static byte @Nullable [] ipv6(String text) {
		String address = ZONE.matcher(text).replaceFirst("");
		int embedded = address.lastIndexOf(':') + 1;
		boolean strict = address.indexOf('%') < 0 && NetUtil.isValidIpV6Address(address)
				&& (address.indexOf('.') < 0 || ipv4(address.substring(embedded)) != null);
		return strict ? NetUtil.createByteArrayFromIpAddressString(address) : null;
	}

	/**
	 * Read what follows an address.
	 * @param text nothing, or a colon and a port
	 * @return the port, 0 if there is none, or -1 if the text is something else
	 */
	private static int port(String text) {
		if (text.isEmpty()) {
			return 0;
		}
		int port = PORT.matcher(text).matches() ? Integer.parseInt(text.substring(1)) : -1;
		return (port <= MAX_PORT) ? port : -1;
	}

	private static @Nullable InetSocketAddress of(byte @Nullable [] address, int port) {
		if (address == null || port < 0) {
			return null;
		}
		try {
			return new InetSocketAddress(InetAddress.getByAddress(address), port);
		}
		catch (UnknownHostException ex) {
			return null;
		}
	}

}
