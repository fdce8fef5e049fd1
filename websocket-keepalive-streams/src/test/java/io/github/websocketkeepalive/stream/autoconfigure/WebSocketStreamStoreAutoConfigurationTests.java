package io.github.websocketkeepalive.stream.autoconfigure;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mockito;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.annotation.ReflectiveRuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.autoconfigure.InvalidKeepalivePropertyException;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.stream.LiveTopic;
import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.session.SessionStore;
import io.github.websocketkeepalive.stream.session.StreamSession;
import io.github.websocketkeepalive.stream.session.redis.RedisSessionStore;
import io.github.websocketkeepalive.stream.topic.HistoryPolicy;
import io.github.websocketkeepalive.stream.topic.HistoryStore;
import io.github.websocketkeepalive.stream.topic.LiveTopics;
import io.github.websocketkeepalive.stream.topic.MemoryHistoryStore;
import io.github.websocketkeepalive.stream.topic.redis.RedisHistoryStore;
import io.github.websocketkeepalive.test.EmbeddedRedis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class WebSocketStreamStoreAutoConfigurationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withUserConfiguration(Application.class);

	@Test
	void keepsHistoryInMemoryWithoutRedis() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(LiveTopics.class)
			.hasSingleBean(HistoryStore.class)
			.hasSingleBean(MemoryHistoryStore.class));
	}

	@Test
	void keepsHistoryAndSessionsInRedisIfItIsThere() {
		this.runner.withUserConfiguration(Redis.class)
			.run((context) -> assertThat(context).hasSingleBean(HistoryStore.class)
				.hasSingleBean(RedisHistoryStore.class)
				.hasSingleBean(RedisSessionStore.class));
	}

	@Test
	void isConfiguredAfterTheRedisOfSpringBoot() {
		this.runner.withUserConfiguration(RedisOfSpringBoot.class)
			.withPropertyValues("websocket-keepalive.stream.store=redis")
			.run((context) -> assertThat(context).hasSingleBean(RedisHistoryStore.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "memory", "MEMORY" })
	void keepsHistoryInMemoryIfItIsToldTo(String store) {
		this.runner.withUserConfiguration(Redis.class)
			.withPropertyValues("websocket-keepalive.stream.store=" + store)
			.run((context) -> assertThat(context).hasSingleBean(MemoryHistoryStore.class)
				.hasSingleBean(HistoryStore.class)
				.doesNotHaveBean(SessionStore.class));
	}

	@Test
	void failsWithoutTheRedisItIsToldToUse() {
		this.runner.withPropertyValues("websocket-keepalive.stream.store=redis")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidKeepalivePropertyException.class)
				.hasMessageContaining("Property 'websocket-keepalive.stream.store' has the value 'redis'. Add "
						+ "'spring-boot-starter-data-redis-reactive'"));
	}

	@Test
	void doesNotChooseAmongSeveralFactories() {
		this.runner.withUserConfiguration(Redis.class, OtherRedis.class)
			.run((context) -> assertThat(context).hasSingleBean(MemoryHistoryStore.class));
	}

	@Test
	void backsOffForBeansOfTheApplication() {
		this.runner.withUserConfiguration(Redis.class, OwnStore.class)
			.withPropertyValues("websocket-keepalive.stream.store=redis")
			.run((context) -> assertThat(context).hasSingleBean(HistoryStore.class)
				.hasSingleBean(LiveTopics.class)
				.hasSingleBean(SessionStore.class)
				.doesNotHaveBean("webSocketHistoryStore")
				.doesNotHaveBean("webSocketLiveTopics")
				.doesNotHaveBean("webSocketStreamSessionStore"));
	}

	@Test
	void isThereWithoutAWebServer() {
		new ApplicationContextRunner().withUserConfiguration(Application.class)
			.run((context) -> assertThat(context).hasSingleBean(LiveTopics.class));
	}

	@Test
	void isThereAlsoWhileEverythingElseIsDisabled() {
		this.runner.withPropertyValues("websocket-keepalive.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(LiveTopics.class));
	}

	@Test
	void doesNotNeedRedis() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.data.redis", "io.lettuce"))
			.run((context) -> assertThat(context).hasSingleBean(MemoryHistoryStore.class));
	}

	@Test
	void providesNothingWithoutJackson() {
		this.runner.withClassLoader(new FilteredClassLoader("tools.jackson"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(LiveTopics.class));
	}

	@Test
	void keepsAsMuchAsItIsToldTo() {
		this.runner
			.withPropertyValues("websocket-keepalive.stream.history.max-entries=7",
					"websocket-keepalive.stream.history.max-bytes=1KB", "websocket-keepalive.stream.history.ttl=3s")
			.run((context) -> assertThat(context.getBean(LiveTopics.class)).extracting("policy")
				.isEqualTo(new HistoryPolicy(7, 1024, Duration.ofSeconds(3))));
	}

	@Test
	void writesMessagesAsTheApplicationDoes() {
		JsonMapper mapper = JsonMapper.builder().build();
		this.runner.withBean(JsonMapper.class, () -> mapper)
			.run((context) -> assertThat(context.getBean(LiveTopics.class)).extracting("mapper").isSameAs(mapper));
	}

	@Test
	void followsNothingOnceTheApplicationHasEnded() {
		try (EmbeddedRedis redis = EmbeddedRedis.start()) {
			this.runner.withUserConfiguration(RedisOfSpringBoot.class)
				.withPropertyValues(redis.properties().toArray(String[]::new))
				.run((context) -> {
					LiveTopic<Object> topic = context.getBean(LiveTopics.class).create("prices");
					topic.publish(1).block(PATIENCE);
					assertThat(threads()).contains("lettuce");
					context.getSourceApplicationContext().close();
					assertThatIllegalStateException().isThrownBy(() -> topic.publish(2).block(PATIENCE));
					await().atMost(PATIENCE).untilAsserted(() -> assertThat(threads()).doesNotContain("lettuce"));
				});
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { StreamSession.class, StreamSession.OpenStream.class, StreamPosition.class })
	void sessionsInRedisCanBeWrittenInANativeImage(Class<?> type) {
		RuntimeHints hints = new RuntimeHints();
		new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(hints, RedisStoreConfiguration.class);
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(type)
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).accepts(hints);
	}

	private static String threads() {
		return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList().toString();
	}

	@Configuration(proxyBeanMethods = false)
	static class Redis {

		@Bean
		ReactiveRedisConnectionFactory redis() {
			return Mockito.mock(ReactiveRedisConnectionFactory.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherRedis {

		@Bean
		ReactiveRedisConnectionFactory otherRedis() {
			return Mockito.mock(ReactiveRedisConnectionFactory.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnStore {

		@Bean
		HistoryStore ownHistoryStore() {
			return new MemoryHistoryStore();
		}

		@Bean
		SessionStore ownSessionStore() {
			return Mockito.mock(SessionStore.class);
		}

		@Bean
		LiveTopics ownLiveTopics(HistoryStore store) {
			return new LiveTopics(store, new HistoryPolicy(1, 1, Duration.ofSeconds(1)), JsonMapper.shared());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ DataRedisAutoConfiguration.class, DataRedisReactiveAutoConfiguration.class })
	static class RedisOfSpringBoot {

	}

	/**
	 * Imports by name, as real applications do, so that a class that is missing is not
	 * loaded after all.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ WebSocketKeepaliveAutoConfiguration.class,
			WebSocketStreamPropertiesAutoConfiguration.class, WebSocketStreamStoreAutoConfiguration.class })
	static class Application {

	}

}
