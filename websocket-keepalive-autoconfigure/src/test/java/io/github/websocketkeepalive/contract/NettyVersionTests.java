package io.github.websocketkeepalive.contract;

import io.netty.util.Version;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class NettyVersionTests {

	/**
	 * Without CVE-2026-42577, CVE-2026-59898, CVE-2026-59903 and CVE-2026-89044.
	 */
	private static final Runtime.Version LEAST = Runtime.Version.parse("4.2.18");

	@Test
	void noModuleHasAHoleThatIsKnown() {
		assertThat(Version.identify()).containsKeys("netty-codec-http", "netty-transport-classes-epoll")
			.allSatisfy(
					(module, version) -> assertThat(Runtime.Version.parse(version.artifactVersion().split("\\.F")[0]))
						.as(module)
						.isGreaterThanOrEqualTo(LEAST));
	}

}
