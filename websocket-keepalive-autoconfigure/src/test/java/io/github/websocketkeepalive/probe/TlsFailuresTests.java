package io.github.websocketkeepalive.probe;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TlsFailuresTests {

	private final TlsFailures failures = new TlsFailures();

	private final List<String> logged = new ArrayList<>();

	@Test
	void logsWhatWasKeptOnceTheAddressSpeaks() {
		withhold("client", "first");
		withhold("client", "second");
		withhold("probe", "never");
		assertThat(this.logged).isEmpty();
		this.failures.spoken("client");
		assertThat(this.logged).containsExactly("first", "second");
		this.failures.spoken("client");
		assertThat(this.logged).hasSize(2);
	}

	@Test
	void remembersWhoHasSpoken() {
		assertThat(this.failures.isClient("client")).isFalse();
		this.failures.spoken("client");
		assertThat(this.failures.isClient("client")).isTrue();
		assertThat(this.failures.isClient("probe")).isFalse();
	}

	@Test
	void keepsTheLastFewLinesOfAnAddress() {
		for (int i = 0; i < 10; i++) {
			withhold("client", "line " + i);
		}
		this.failures.spoken("client");
		assertThat(this.logged).containsExactly("line 6", "line 7", "line 8", "line 9");
	}

	@Test
	void keepsTheLinesOfABoundedNumberOfAddresses() {
		for (int i = 0; i <= 128; i++) {
			withhold("address " + i, "line " + i);
		}
		this.failures.spoken("address 0");
		assertThat(this.logged).isEmpty();
		this.failures.spoken("address 1");
		assertThat(this.logged).containsExactly("line 1");
	}

	private void withhold(String address, String line) {
		this.failures.withhold(address, () -> this.logged.add(line));
	}

}
