package io.github.websocketkeepalive.admission.limit;

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
	@CsvSource({ "10.0.0.1, 10.0.0.1", "2001:db8::1, '[2001:db8::1]'", "2001:db8::1, 2001:db8::1" })
	void anAddressThatAHeaderNamesCountsAsTheAddress(String resolved, String named) {
		assertThat(ClientAddress.of(InetSocketAddress.createUnresolved(named, 0)))
			.isEqualTo(ClientAddress.of(new InetSocketAddress(resolved, 80)));
	}

	@Test
	void aNameCountsAsItself() {
		assertThat(ClientAddress.of(InetSocketAddress.createUnresolved("_hidden", 0))).isEqualTo("_hidden");
	}

	@Test
	void whatIsNoneOfTheInternetDoesNotCount() {
		assertThat(ClientAddress.of(new LocalAddress("local"))).isNull();
		assertThat(ClientAddress.of(null)).isNull();
	}

}
