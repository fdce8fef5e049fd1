package io.github.websocketkeepalive.admission;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.util.NetUtil;

import io.github.websocketkeepalive.peer.ClientAddress;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever a proxy or a client writes as an address: it is one that every program reads
 * alike, or it is none, and no name is ever looked up.
 */
class IpAddressFuzzTests {

	/**
	 * Four decimal numbers without a leading zero, with or without a port.
	 */
	private static final String IPV4 = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)){3}(:\\d{1,5})?";

	private static final String IPV6 = "[0-9a-fA-F:.]+(%.*)?|\\[[0-9a-fA-F:.]+(%[^]]*)?](:\\d{1,5})?";

	@FuzzTest
	void onlyAddressesAreRead(byte[] bytes) {
		String text = new String(bytes, StandardCharsets.ISO_8859_1);
		InetSocketAddress address = IpAddress.parse(text);
		if (address == null) {
			assertThat(text.matches(IPV4) && !text.contains(":")).isFalse();
			return;
		}
		assertThat(text.length()).isLessThanOrEqualTo(64);
		assertThat(address.isUnresolved()).isFalse();
		assertThat(text).satisfiesAnyOf((ipv4) -> assertThat(ipv4).matches(IPV4),
				(ipv6) -> assertThat(ipv6).matches(IPV6));
		String canonical = NetUtil.toAddressString(address.getAddress());
		InetSocketAddress again = IpAddress.parse(canonical);
		assertThat(again).isNotNull();
		assertThat(again.getAddress()).isEqualTo(address.getAddress());
		assertThat(ClientAddress.of(again)).isEqualTo(ClientAddress.of(address)).isNotNull();
	}

}
