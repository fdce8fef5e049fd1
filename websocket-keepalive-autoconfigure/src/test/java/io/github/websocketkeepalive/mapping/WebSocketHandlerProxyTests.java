package io.github.websocketkeepalive.mapping;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.core.Ordered;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsConfigurationSource;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link WebSocketHandlerProxy}.
 */
class WebSocketHandlerProxyTests {

	private final Handler handler = new Handler();

	private final Mono<Void> handled = Mono.empty();

	private final WebSocketHandler proxy = WebSocketHandlerProxy.of(this.handler, (session) -> this.handled);

	@Test
	void sessionsAreHandledInTheOtherWay() {
		assertThat(this.proxy.handle(mock(WebSocketSession.class))).isSameAs(this.handled);
	}

	@Test
	void everyPublicInterfaceOfTheHandlerIsThere() {
		assertThat(this.proxy).isInstanceOf(CorsConfigurationSource.class).isInstanceOf(Ordered.class);
		assertThat(((CorsConfigurationSource) this.proxy).getCorsConfiguration(mock(ServerWebExchange.class)))
			.isSameAs(this.handler.cors);
		assertThat(((Ordered) this.proxy).getOrder()).isEqualTo(7);
	}

	@Test
	void subprotocolsAreThoseOfTheHandler() {
		assertThat(this.proxy.getSubProtocols()).containsExactly("chat");
		assertThat(WebSocketHandlerProxy.of((session) -> Mono.empty(), (session) -> this.handled).getSubProtocols())
			.isEmpty();
	}

	@Test
	void aProxyEqualsItselfAlone() {
		assertThat(this.proxy).isEqualTo(this.proxy)
			.hasSameHashCodeAs(this.proxy)
			.isNotEqualTo(this.handler)
			.isNotEqualTo(WebSocketHandlerProxy.of(this.handler, (session) -> this.handled));
	}

	@Test
	void whatTheHandlerThrowsIsThrown() {
		this.handler.failure = new IllegalStateException("deliberate");
		assertThatThrownBy(this.proxy::getSubProtocols).isSameAs(this.handler.failure);
	}

	@Test
	void aHandlerWhoseOnlyInterfaceIsNotPublicIsStillAHandler() {
		PackagePrivate handler = (session) -> Mono.error(new IllegalStateException("not asked"));
		assertHandled(WebSocketHandlerProxy.of(handler, (session) -> this.handled));
	}

	@Test
	void aHandlerOfASealedInterfaceIsStillAHandlerAndTellsItsOrigins() {
		WebSocketHandler proxy = WebSocketHandlerProxy.of(new Permitted(), (session) -> this.handled);
		assertHandled(proxy);
		assertThat(proxy).isInstanceOf(CorsConfigurationSource.class);
	}

	@Test
	void aDefaultMethodOfAnInterfaceThatIsNotPublicIsCalled() {
		PublicOfPackagePrivate handler = (session) -> Mono.error(new IllegalStateException("not asked"));
		WebSocketHandler proxy = WebSocketHandlerProxy.of(handler, (session) -> this.handled);
		assertHandled(proxy);
		assertThat(proxy.getSubProtocols()).containsExactly("by-default");
	}

	private void assertHandled(WebSocketHandler proxy) {
		assertThat(proxy.handle(mock(WebSocketSession.class))).isSameAs(this.handled);
	}

	interface PackagePrivate extends WebSocketHandler {

		@Override
		default List<String> getSubProtocols() {
			return List.of("by-default");
		}

	}

	public interface PublicOfPackagePrivate extends PackagePrivate {

	}

	public sealed interface Sealed extends WebSocketHandler, CorsConfigurationSource permits Permitted {

	}

	private static final class Permitted implements Sealed {

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return Mono.error(new IllegalStateException("not asked"));
		}

		@Override
		public CorsConfiguration getCorsConfiguration(ServerWebExchange exchange) {
			return new CorsConfiguration();
		}

	}

	private static final class Handler implements WebSocketHandler, CorsConfigurationSource, Ordered, Hidden {

		private final CorsConfiguration cors = new CorsConfiguration();

		private @Nullable IllegalStateException failure;

		@Override
		public List<String> getSubProtocols() {
			if (this.failure != null) {
				throw this.failure;
			}
			return List.of("chat");
		}

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return Mono.error(new IllegalStateException("not asked"));
		}

		@Override
		public CorsConfiguration getCorsConfiguration(ServerWebExchange exchange) {
			return this.cors;
		}

		@Override
		public int getOrder() {
			return 7;
		}

	}

	private interface Hidden {

	}

}
