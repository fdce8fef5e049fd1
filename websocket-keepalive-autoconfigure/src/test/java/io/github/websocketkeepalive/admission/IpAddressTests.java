package io.github.websocketkeepalive.admission;

import java.net.InetSocketAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class IpAddressTests {

	@ParameterizedTest
	@CsvSource({ "192.0.2.1, 192.0.2.1, 0", "192.0.2.1:8080, 192.0.2.1, 8080", "0.0.0.0, 0.0.0.0, 0",
			"2001:db8::1, 2001:db8:0:0:0:0:0:1, 0", "2001:DB8::A, 2001:db8:0:0:0:0:0:a, 0",
			"[2001:db8::1], 2001:db8:0:0:0:0:0:1, 0", "[2001:db8::1]:8080, 2001:db8:0:0:0:0:0:1, 8080",
			"fe80::1%eth0, fe80:0:0:0:0:0:0:1, 0", "[fe80::1%25eth0]:1, fe80:0:0:0:0:0:0:1, 1" })
	void anAddressIsRead(String text, String host, int port) {
		InetSocketAddress address = IpAddress.parse(text);
		assertThat(address).isNotNull();
		assertThat(address.getAddress().getHostAddress()).isEqualTo(host);
		assertThat(address.getPort()).isEqualTo(port);
	}

	@ParameterizedTest
	@ValueSource(strings = { "::ffff:192.0.2.1", "::FFFF:192.0.2.1", "[::ffff:192.0.2.1]:80", "::ffff:c000:201",
			"0:0:0:0:0:ffff:192.0.2.1" })
	void anAddressOfIpv4InTheFormOfIpv6IsThatOfIpv4(String text) {
		InetSocketAddress address = IpAddress.parse(text);
		assertThat(address).isNotNull();
		assertThat(address.getAddress().getHostAddress()).isEqualTo("192.0.2.1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "10.0.1", "10.1", "10", "0xa.0.0.1", "0x0a000001", "010.0.0.1", "10.0.0.01",
			"10.0.0.1.", "10.0.0.256", "10.0.0.-1", "10.0.0.1:", "10.0.0.1:x", "10.0.0.1:65536", "10.0.0.1:+1",
			"10.0.0.1 ", "10.0.0.1:80:90", "[10.0.0.1]", "[10.0.0.1]:80", "[::1", "::1]", "[::1]80", "[::1]:", "[]",
			"[", "]", "::ffff:010.0.0.1", "::ffff:10.0.1", ":::", "1::2::3", "12345::1", "g::1", "localhost",
			"localhost:80", "example.org", "unknown", "_hidden", "%eth0", "10.0.0.1%eth0", "\u0661.0.0.1",
			"10.0.0.1\r\n", "::1%eth0\r\nforged" })
	void anythingElseIsNone(String text) {
		assertThat(IpAddress.parse(text)).isNull();
	}

	@Test
	void aLongTextIsNone() {
		assertThat(IpAddress.parse("::1%" + "a".repeat(6000))).isNull();
	}

}
