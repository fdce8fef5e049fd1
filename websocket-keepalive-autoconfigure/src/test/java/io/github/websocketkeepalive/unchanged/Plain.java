package io.github.websocketkeepalive.unchanged;

import java.util.List;
import java.util.Map;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsConfigurationSource;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * An application that knows nothing of the starter.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(Plain.Api.class)
class Plain {

	static final String FRIEND = "https://friend.example";

	@Bean
	Echo echo() {
		return new Echo();
	}

	@Bean
	DecoratingFilter decoratingFilter() {
		return new DecoratingFilter();
	}

	@Bean
	HandlerMapping sockets(@Qualifier("echo") Echo echo) {
		WebSocketHandler closing = (session) -> session.close(new CloseStatus(4001, "enough"));
		WebSocketHandler completing = (session) -> session.receive().take(1).then();
		return new SimpleUrlHandlerMapping(Map.of("/ws/echo", echo, "/ws/close", closing, "/ws/complete", completing),
				-1);
	}

	/**
	 * Takes a page of one origin only, and speaks a subprotocol.
	 */
	static final class Echo implements WebSocketHandler, CorsConfigurationSource {

		@Override
		public List<String> getSubProtocols() {
			return List.of("chat");
		}

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return session.send(session.receive().map(WebSocketMessage::retain));
		}

		@Override
		public CorsConfiguration getCorsConfiguration(ServerWebExchange exchange) {
			CorsConfiguration cors = new CorsConfiguration();
			cors.addAllowedOrigin(FRIEND);
			return cors;
		}

	}

	/**
	 * Passes another request and another exchange on than it was given.
	 */
	static final class DecoratingFilter implements WebFilter, Ordered {

		@Override
		public int getOrder() {
			return Ordered.HIGHEST_PRECEDENCE;
		}

		@Override
		public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
			exchange.getResponse().getHeaders().set("X-Filtered", "yes");
			ServerHttpRequestDecorator request = new ServerHttpRequestDecorator(exchange.getRequest());
			return chain.filter(exchange.mutate().request(request).build());
		}

	}

	@RestController
	static class Api {

		@GetMapping("/hello")
		@CrossOrigin(FRIEND)
		Mono<String> hello() {
			return Mono.just("hello");
		}

		@GetMapping("/fail")
		Mono<String> fail() {
			return Mono.error(new IllegalStateException("deliberate"));
		}

		@GetMapping("/headers")
		Mono<String> headers(ServerWebExchange exchange) {
			return Mono.justOrEmpty(exchange.getRequest().getHeaders().getFirst(HttpHeaders.UPGRADE));
		}

	}

}
