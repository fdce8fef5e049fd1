package io.github.websocketkeepalive.server;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.admission.AdmissionPolicies;
import io.github.websocketkeepalive.admission.AdmissionPolicy;
import io.github.websocketkeepalive.listener.CallbackFailures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link NativeRequests}, and for the filters that look for the channel of a
 * request which has none.
 */
class NativeRequestsTests {

	static List<ServerHttpRequest> requestsWithoutAServer() {
		ServerHttpRequest request = MockServerHttpRequest.get("/").build();
		ServerHttpRequest upgrade = MockServerHttpRequest.get("/ws")
			.header("Connection", "Upgrade")
			.header("Upgrade", "websocket")
			.build();
		return List.of(request, upgrade, new ServerHttpRequestDecorator(upgrade), mock(ServerHttpRequest.class),
				new ServerHttpRequestDecorator(mock(ServerHttpRequest.class)));
	}

	@ParameterizedTest
	@MethodSource("requestsWithoutAServer")
	void aRequestWithoutAServerHasNoChannel(ServerHttpRequest request) {
		assertThat(NativeRequests.channelOf(request)).isNull();
		assertThat(NativeRequests.upgradeOf(request)).isNull();
	}

	@Test
	void aMockRequestPassesEveryFilter() {
		AdmissionPolicy policy = (request) -> Mono.empty();
		List<WebFilter> filters = List.of(new KeepaliveWebFilter(), new ConnectionContextWebFilter(),
				new AdmissionWebFilter(new AdmissionPolicies(List.of(policy), new CallbackFailures()), null));
		for (WebFilter filter : filters) {
			MockServerWebExchange exchange = MockServerWebExchange
				.from(MockServerHttpRequest.get("/ws").header("Upgrade", "websocket"));
			Mono<Void> passed = Mono.fromRunnable(() -> exchange.getAttributes().put("passed", true));
			WebFilterChain chain = (passing) -> passed;
			filter.filter(exchange, chain).block();
			assertThat(exchange.getAttributes()).containsKey("passed");
		}
	}

}
