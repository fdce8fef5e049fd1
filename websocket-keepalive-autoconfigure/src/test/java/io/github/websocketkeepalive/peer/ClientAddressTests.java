package io.github.websocketkeepalive.peer;

import java.net.InetSocketAddress;

import io.netty.channel.local.LocalAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ClientAddressTests {

	@ParameterizedTest
	@CsvSource({ "10.0.0.1, 10.0.0.1, true", "10.0.0.1, 10.0.0.2, false", "2001:db8::1, 2001:db8::ffff, true",
			"2001:db8::1, 2001:db8:0:1::1, false" })
	void portsAndThePartOfIpv6ThatAClientChoosesDoNotCount(String one, String other, boolean same) {
		String first = ClientAddress.of(new InetSocketAddress(one, 1));
		assertThat(first != null && first.equals(ClientAddress.of(new InetSocketAddress(other, 2)))).isEqualTo(same);
	}

	@ParameterizedTest
	@CsvSource({ "10.0.0.1, 10.0.0.2, false", "2001:db8:1:2::1, 2001:db8:1:3::1, true",
			"2001:db8:1::1, 2001:db8:2::1, false" })
	void aSiteHasManyNetworksOfIpv6(String one, String other, boolean same) {
		String first = ClientAddress.site(new InetSocketAddress(one, 1));
		assertThat(first != null && first.equals(ClientAddress.site(new InetSocketAddress(other, 2)))).isEqualTo(same);
	}

	@Test
	void whatIsNoneOfTheInternetDoesNotCount() {
		assertThat(ClientAddress.of(new LocalAddress("local"))).isNull();
		assertThat(ClientAddress.of(InetSocketAddress.createUnresolved("localhost", 80))).isNull();
		assertThat(ClientAddress.of(null)).isNull();
	}

}
