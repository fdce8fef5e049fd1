package io.github.websocketkeepalive.autoconfigure.server;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.Http2;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ExtendedConnectCheck}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ExtendedConnectCheckTests {

	private final NettyReactiveWebServerFactory factory = new NettyReactiveWebServerFactory();

	@Test
	void offersWhereNothingRefuses(CapturedOutput output) {
		enableHttp2();
		new ExtendedConnectCheck(beans(1)).customize(this.factory);
		assertThat(this.factory.getServerCustomizers()).hasSize(1);
		assertThat(output).doesNotContain("not offered");
	}

	@Test
	void doesNotOfferWhereAPartOfTheApplicationRefusesAndSaysSo(CapturedOutput output) {
		enableHttp2();
		check(beans("a firewall")).customize(this.factory);
		assertThat(this.factory.getServerCustomizers()).isEmpty();
		assertThat(output.toString()).containsOnlyOnce("not offered over HTTP/2, because The Firewall refuses them");
	}

	@Test
	void saysNothingWhereHttp2IsOff(CapturedOutput output) {
		check(beans("a firewall")).customize(this.factory);
		assertThat(this.factory.getServerCustomizers()).isEmpty();
		assertThat(output).doesNotContain("not offered");
	}

	@Test
	void offersWhereWhatRefusesIsOnTheClassPathOnly() {
		check(beans(1)).customize(this.factory);
		assertThat(this.factory.getServerCustomizers()).hasSize(1);
	}

	private static ExtendedConnectCheck check(ListableBeanFactory beans) {
		return new ExtendedConnectCheck(beans,
				Map.of(String.class.getName(), "The Firewall", "no.such.Type", "Nobody"));
	}

	private static ListableBeanFactory beans(Object bean) {
		return new StaticListableBeanFactory(Map.of("bean", bean));
	}

	private void enableHttp2() {
		Http2 http2 = new Http2();
		http2.setEnabled(true);
		this.factory.setHttp2(http2);
	}

}
