package io.github.websocketkeepalive.admission.limit;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HexFormat;

import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * What counts as one address: one of IPv4, but the 64 bits of a network of IPv6, because
 * whoever has one address of it has all of them (RFC 4291 section 2.5.1).
 */
public final class ClientAddress {

	private static final int IPV6_LENGTH = 16;

	private static final int NETWORK_LENGTH = 8;

	private ClientAddress() {
	}

	/**
	 * Return what is counted.
	 * @param address an address, resolved or not
	 * @return a text that stands for it, or {@code null} if it is none of the Internet
	 */
	public static @Nullable String of(@Nullable SocketAddress address) {
		if (!(address instanceof InetSocketAddress inet)) {
			return null;
		}
		byte[] bytes = (inet.getAddress() != null) ? inet.getAddress().getAddress()
				: NetUtil.createByteArrayFromIpAddressString(inet.getHostString());
		if (bytes == null) {
			return inet.getHostString();
		}
		return HexFormat.of().formatHex(bytes, 0, (bytes.length == IPV6_LENGTH) ? NETWORK_LENGTH : bytes.length);
	}

}
