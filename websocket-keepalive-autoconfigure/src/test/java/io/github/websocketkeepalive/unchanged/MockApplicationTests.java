package io.github.websocketkeepalive.unchanged;

import java.io.IOException;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.context.reactive.GenericReactiveWebApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.reactive.server.FluxExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.server.WebFilter;

import io.github.websocketkeepalive.server.AdmissionWebFilter;
import io.github.websocketkeepalive.server.ConnectionContextWebFilter;
import io.github.websocketkeepalive.server.KeepaliveWebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of web applications that start no server.
 */
@ExtendWith(OutputCaptureExtension.class)
class MockApplicationTests {

	private static final List<String> UPGRADE = List.of("Connection", "Upgrade", "Upgrade", "websocket",
			"Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");

	private static Applications applications;

	@BeforeAll
	static void askMocks(CapturedOutput output) throws IOException {
		applications = Applications.start(Plain.class,
				(builder) -> builder.contextFactory((type) -> new GenericReactiveWebApplicationContext()),
				MockApplicationTests::answers, output);
	}

	@AfterAll
	static void stopApplications() {
		applications.close();
	}

	@Test
	void theApplicationDoesWhatItIsComparedFor() {
		assertThat(applications.seen(Starter.ABSENT).answers()).contains("GET /hello 200 hello")
			.anyMatch((answer) -> answer.contains("404"));
		assertThat(applications.seen(Starter.ABSENT).warnings()).isNotEmpty();
	}

	@ParameterizedTest
	@EnumSource(names = { "DEFAULTS", "SWITCHED_OFF" })
	void aMockOfTheApplicationIsAsWithoutTheStarter(Starter starter) {
		assertThat(applications.seen(starter)).isEqualTo(applications.seen(Starter.ABSENT));
	}

	@Test
	void aControllerAloneAnswersAsWithoutTheStarterBehindEveryFilterOfIt() {
		List<WebFilter> filters = applications.context(Starter.DEFAULTS)
			.getBeanProvider(WebFilter.class)
			.orderedStream()
			.toList();
		assertThat(filters).hasAtLeastOneElementOfType(KeepaliveWebFilter.class)
			.hasAtLeastOneElementOfType(AdmissionWebFilter.class)
			.hasAtLeastOneElementOfType(ConnectionContextWebFilter.class);
		WebTestClient stock = WebTestClient.bindToController(new Plain.Api()).build();
		WebTestClient client = WebTestClient.bindToController(new Plain.Api())
			.webFilter(filters.toArray(WebFilter[]::new))
			.build();
		assertThat(answer(client, HttpMethod.GET, "/hello")).isEqualTo(answer(stock, HttpMethod.GET, "/hello"));
		assertThat(answer(client, HttpMethod.GET, "/headers", UPGRADE.toArray(String[]::new)))
			.isEqualTo("GET /headers 200 websocket");
	}

	private static List<String> answers(ApplicationContext context) {
		WebTestClient client = WebTestClient.bindToApplicationContext(context).build();
		String[] upgrade = UPGRADE.toArray(String[]::new);
		return List.of(answer(client, HttpMethod.GET, "/hello"), answer(client, HttpMethod.POST, "/hello"),
				answer(client, HttpMethod.GET, "/missing"),
				answer(client, HttpMethod.GET, "/fail").replaceFirst("\\{.*", ""),
				answer(client, HttpMethod.OPTIONS, "/hello", "Origin", Plain.FRIEND, "Access-Control-Request-Method",
						"GET"),
				answer(client, HttpMethod.OPTIONS, "/hello", "Origin", "https://stranger.example",
						"Access-Control-Request-Method", "GET"),
				answer(client, HttpMethod.GET, "/headers", upgrade),
				answer(client, HttpMethod.GET, "/ws/echo", upgrade).replaceFirst("\\{.*", ""));
	}

	private static String answer(WebTestClient client, HttpMethod method, String path, String... headers) {
		FluxExchangeResult<String> result = client.method(method).uri(path).headers((target) -> {
			for (int i = 0; i < headers.length; i += 2) {
				target.add(headers[i], headers[i + 1]);
			}
		}).exchange().returnResult(String.class);
		String body = result.getResponseBody().collectList().map((parts) -> String.join("", parts)).block();
		return method + " " + path + " " + result.getStatus().value() + " "
				+ ((result.getStatus().is4xxClientError()) ? "" : body);
	}

}
