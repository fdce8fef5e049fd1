package io.github.websocketkeepalive.unchanged;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient;

/**
 * A test of an application as its authors write it.
 */
@SpringBootTest(classes = Plain.class)
@AutoConfigureWebTestClient
class MockEnvironmentTests {

	@Autowired
	private WebTestClient client;

	@Test
	void theApplicationAnswers() {
		this.client.get()
			.uri("/hello")
			.exchange()
			.expectStatus()
			.isOk()
			.expectHeader()
			.valueEquals("X-Filtered", "yes")
			.expectBody(String.class)
			.isEqualTo("hello");
	}

}
