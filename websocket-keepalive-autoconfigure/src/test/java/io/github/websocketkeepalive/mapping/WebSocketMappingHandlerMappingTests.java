package io.github.websocketkeepalive.mapping;

import java.util.Map;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link WebSocketMappingHandlerMapping}.
 */
class WebSocketMappingHandlerMappingTests {

	@Test
	void servesABeanWhoseClassCarriesTheAnnotation() {
		run(Map.of(), (context) -> {
			assertThat(handler(context, "/class")).isSameAs(context.getBean(OnClass.class));
			assertThat(handler(context, "/other")).isNull();
		}, OnClass.class);
	}

	@Test
	void servesABeanWhoseMethodCarriesTheAnnotation() {
		run(Map.of(), (context) -> assertThat(handler(context, "/method")).isSameAs(context.getBean("onMethod")),
				OnMethod.class);
	}

	@Test
	void servesABeanAtSeveralPathsAndPatterns() {
		run(Map.of(), (context) -> {
			assertThat(handler(context, "/first")).isSameAs(context.getBean(OnSeveralPaths.class));
			assertThat(handler(context, "/second/x")).isSameAs(context.getBean(OnSeveralPaths.class));
		}, OnSeveralPaths.class);
	}

	@Test
	void addsTheSlashThatAPathLacks() {
		run(Map.of(), (context) -> assertThat(handler(context, "/slash")).isSameAs(context.getBean(WithoutSlash.class)),
				WithoutSlash.class);
	}

	@Test
	void servesAnAdditionalPath() {
		run(Map.of("/echo", "plain"), (context) -> {
			assertThat(handler(context, "/echo")).isSameAs(context.getBean("plain"));
			assertThat(handler(context, "/class")).isSameAs(context.getBean(OnClass.class));
		}, Plain.class, OnClass.class);
	}

	@Test
	void withoutAnnotatedBeansServesNothing() {
		run(Map.of(), (context) -> assertThat(handler(context, "/class")).isNull(), Plain.class);
	}

	@Test
	void comesBeforeRouterFunctionsAndControllers() {
		assertThat(new WebSocketMappingHandlerMapping(Map.of(), Schedulers.immediate()).getOrder()).isLessThan(-1);
	}

	@Test
	void twoBeansOnOnePathFailWithTheNamesOfBoth() {
		assertThatExceptionOfType(DuplicateWebSocketMappingException.class)
			.isThrownBy(() -> run(Map.of(), (context) -> {
			}, OnMethod.class, OnMethodToo.class))
			.satisfies((ex) -> {
				assertThat(ex.getPath()).isEqualTo("/method");
				assertThat(ex.getFirstBeanName()).isEqualTo("onMethod");
				assertThat(ex.getSecondBeanName()).isEqualTo("onMethodToo");
				assertThat(ex)
					.hasMessage("Both 'onMethod' and 'onMethodToo' are mapped to the WebSocket path '/method'");
			});
	}

	@Test
	void anAdditionalPathThatIsTakenFails() {
		assertThatExceptionOfType(DuplicateWebSocketMappingException.class)
			.isThrownBy(() -> run(Map.of("/method", "plain"), (context) -> {
			}, OnMethod.class, Plain.class))
			.withMessageContaining("'onMethod' and 'plain'");
	}

	@Test
	void aBeanThatIsNoHandlerFailsWithItsName() {
		assertThatIllegalStateException().isThrownBy(() -> run(Map.of(), (context) -> {
		}, NoHandler.class)).withMessageContaining("'noHandler', which is no WebSocketHandler");
	}

	@Test
	void anAnnotationWithoutAPathFailsWithTheNameOfItsBean() {
		assertThatIllegalStateException().isThrownBy(() -> run(Map.of(), (context) -> {
		}, WithoutPath.class)).withMessageContaining("withoutPath' names no path");
	}

	private static void run(Map<String, String> additionalPaths, Consumer<AnnotationConfigApplicationContext> test,
			Class<?>... beans) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			for (Class<?> bean : beans) {
				context.registerBean(name(bean), bean);
			}
			context.refresh();
			WebSocketMappingHandlerMapping mapping = new WebSocketMappingHandlerMapping(additionalPaths,
					Schedulers.immediate());
			mapping.setApplicationContext(context);
			context.getBeanFactory().registerSingleton("mapping", mapping);
			test.accept(context);
		}
	}

	private static String name(Class<?> type) {
		String name = type.getSimpleName();
		return Character.toLowerCase(name.charAt(0)) + name.substring(1)
				+ (isConfiguration(type) ? "Configuration" : "");
	}

	private static boolean isConfiguration(Class<?> type) {
		return type.isAnnotationPresent(Configuration.class);
	}

	private static Object handler(AnnotationConfigApplicationContext context, String path) {
		return context.getBean(WebSocketMappingHandlerMapping.class)
			.getHandler(MockServerWebExchange.from(MockServerHttpRequest.get(path)))
			.block();
	}

	static class Plain implements WebSocketHandler {

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return Mono.empty();
		}

	}

	@WebSocketMapping("/class")
	static class OnClass extends Plain {

	}

	@WebSocketMapping({ "/first", "/second/{name}" })
	static class OnSeveralPaths extends Plain {

	}

	@WebSocketMapping("slash")
	static class WithoutSlash extends Plain {

	}

	@WebSocketMapping({})
	static class WithoutPath extends Plain {

	}

	@WebSocketMapping("/none")
	static class NoHandler {

	}

	@Configuration(proxyBeanMethods = false)
	static class OnMethod {

		@Bean
		@WebSocketMapping("/method")
		WebSocketHandler onMethod() {
			return new Plain();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OnMethodToo {

		@Bean
		@WebSocketMapping("method")
		WebSocketHandler onMethodToo() {
			return new Plain();
		}

	}

}
