package io.github.websocketkeepalive.unchanged;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.context.reactive.GenericReactiveWebApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
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

	private static final Map<Starter, ConfigurableApplicationContext> contexts = new EnumMap<>(Starter.class);

	private static final Map<Starter, Seen> seen = new EnumMap<>(Starter.class);

	@BeforeAll
	static void askMocks(CapturedOutput output) throws IOException {
		for (Starter starter : Starter.values()) {
			int before = output.getAll().length();
			ConfigurableApplicationContext context = start(starter);
			contexts.put(starter, context);
			List<String> answers = answers(context);
			seen.put(starter, Seen.of(answers, context, output.getAll().substring(before)));
		}
	}

	@AfterAll
	static void stopApplications() {
		contexts.values().forEach(ConfigurableApplicationContext::close);
	}

	@Test
	void theApplicationDoesWhatItIsComparedFor() {
		assertThat(seen.get(Starter.ABSENT).answers()).contains("GET /hello 200 hello")
			.anyMatch((answer) -> answer.contains("404"));
		assertThat(seen.get(Starter.ABSENT).warnings()).isNotEmpty();
	}

	@ParameterizedTest
	@EnumSource(names = { "DEFAULTS", "SWITCHED_OFF" })
	void aMockOfTheApplicationIsAsWithoutTheStarter(Starter starter) {
		assertThat(seen.get(starter)).isEqualTo(seen.get(Starter.ABSENT));
	}

	@Test
	void aControllerAloneAnswersAsWithoutTheStarterBehindEveryFilterOfIt() {
		List<WebFilter> filters = contexts.get(Starter.DEFAULTS)
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

	private static ConfigurableApplicationContext start(Starter starter) throws IOException {
		return new SpringApplicationBuilder(Plain.class).web(WebApplicationType.REACTIVE)
			.contextFactory((type) -> new GenericReactiveWebApplicationContext())
			.properties(starter.property(), "spring.main.banner-mode=off",
					"spring.reactor.netty.shutdown-quiet-period=0s")
			.run();
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
