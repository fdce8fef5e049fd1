package io.github.websocketkeepalive.peer;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

import io.netty.channel.unix.DomainSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class PeerAddressTests {

	@Test
	void anAddressOfIpv4IsHostAndPort() {
		InetSocketAddress address = new InetSocketAddress("192.0.2.7", 40112);
		assertThat(PeerAddress.of(address)).isEqualTo("192.0.2.7:40112");
		assertThat(PeerAddress.host(address)).isEqualTo("192.0.2.7");
	}

	@Test
	void anAddressOfIpv6IsInBracketsBesideAPort() {
		InetSocketAddress address = new InetSocketAddress("2001:db8::7", 40112);
		assertThat(PeerAddress.of(address)).isEqualTo("[2001:db8:0:0:0:0:0:7]:40112");
		assertThat(PeerAddress.host(address)).isEqualTo("2001:db8:0:0:0:0:0:7");
	}

	@Test
	void aNameIsNotShownBesideItsAddress() throws UnknownHostException {
		InetAddress address = InetAddress.getByAddress("client.example", new byte[] { (byte) 192, 0, 2, 7 });
		assertThat(PeerAddress.of(new InetSocketAddress(address, 40112))).isEqualTo("192.0.2.7:40112");
	}

	@ParameterizedTest
	@CsvSource({ "client.example, client.example:40112", "2001:db8::7, [2001:db8::7]:40112",
			"[2001:db8::7], [2001:db8::7]:40112", "'', :40112" })
	void anAddressThatIsNotResolvedKeepsItsTextInOnePairOfBrackets(String host, String shown) {
		assertThat(PeerAddress.of(InetSocketAddress.createUnresolved(host, 40112))).isEqualTo(shown);
	}

	@Test
	void anAddressOfAnotherKindIsItsText() {
		assertThat(PeerAddress.of(new DomainSocketAddress("/run/\u009bapp.sock"))).isEqualTo("/run/\\u009bapp.sock");
	}

	@Test
	void anAddressThatIsNotKnownIsNull() {
		assertThat(PeerAddress.of(null)).isNull();
		assertThat(PeerAddress.host(null)).isNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Connection refused: /127.0.0.1:1                     | Connection refused: 127.0.0.1:1
			Connection refused: localhost/127.0.0.1:1            | Connection refused: 127.0.0.1:1
			connection timed out: a-b.example/[2001:db8:0:1%2]:8 | connection timed out: [2001:db8:0:1%2]:8
			Connection refused: localhost/<unresolved>:1         | Connection refused: localhost:1
			[id: 1, L:/127.0.0.1:1 - R:h/127.0.0.1:2]            | [id: 1, L:127.0.0.1:1 - R:127.0.0.1:2]
			no answer of http://127.0.0.1:1/ws/127.0.0.1:2       | no answer of http://127.0.0.1:1/ws/127.0.0.1:2
			127.0.0.1:1 and [::1]:2 and /run/app.sock            | 127.0.0.1:1 and [::1]:2 and /run/app.sock
			""")
	void addressesInAMessageAreWrittenLikeAllOthers(String message, String shown) {
		assertThat(PeerAddress.inMessage(message)).isEqualTo(shown);
	}

	@Test
	void aMessageIsSafeToShow() {
		assertThat(PeerAddress.inMessage("a\u009b" + "x".repeat(100_000))).startsWith("a\\u009bx")
			.hasSizeLessThanOrEqualTo(PeerText.MAX_LENGTH);
	}

}
