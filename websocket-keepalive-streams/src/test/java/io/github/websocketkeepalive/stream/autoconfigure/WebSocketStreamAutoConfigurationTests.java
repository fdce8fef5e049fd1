package io.github.websocketkeepalive.stream.autoconfigure;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties;
import io.github.websocketkeepalive.autoconfigure.admission.WebSocketAdmissionAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.mapping.WebSocketMappingAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.server.WebSocketServerAutoConfiguration;
import io.github.websocketkeepalive.stream.LiveTopic;
import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.codec.StreamCodecs;
import io.github.websocketkeepalive.stream.server.InvalidStreamSourcesException;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;
import io.github.websocketkeepalive.stream.session.MemorySessionStore;
import io.github.websocketkeepalive.stream.session.SessionStore;
import io.github.websocketkeepalive.stream.session.StreamSession;
import io.github.websocketkeepalive.stream.session.StreamSessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class WebSocketStreamAutoConfigurationTests {

	private static final AutoConfigurations autoConfigurations = AutoConfigurations.of(
			WebSocketKeepaliveAutoConfiguration.class, WebSocketAdmissionAutoConfiguration.class,
			WebSocketServerAutoConfiguration.class, WebSocketStreamPropertiesAutoConfiguration.class,
			WebSocketStreamCodecAutoConfiguration.class, WebSocketStreamAutoConfiguration.class);

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(autoConfigurations);

	@Test
	void thereIsABuilderForEachHandler() {
		this.runner.withUserConfiguration(Sources.class).run((context) -> {
			StreamWebSocketHandler.Builder builder = context.getBean(StreamWebSocketHandler.Builder.class);
			assertThat(builder).isNotSameAs(context.getBean(StreamWebSocketHandler.Builder.class));
			assertThat(builder.build().getSubProtocols()).contains("resumable.v1.json");
			assertThat(context).hasSingleBean(MemorySessionStore.class).hasSingleBean(StreamSessions.class);
		});
	}

	@Test
	void withoutSourcesAHandlerHasNothingToOffer() {
		this.runner.run((context) -> assertThatExceptionOfType(InvalidStreamSourcesException.class)
			.isThrownBy(() -> context.getBean(StreamWebSocketHandler.Builder.class).build())
			.satisfies((failure) -> assertThat(failure.getAction()).contains("ReplayableSource")));
	}

	@Test
	void twoSourcesOfOneNameAreRefused() {
		this.runner.run((context) -> {
			StreamWebSocketHandler.Builder builder = context.getBean(StreamWebSocketHandler.Builder.class)
				.source("trades", (request, offset) -> Flux.empty());
			LiveTopic<?> topic = mock(LiveTopic.class);
			given(topic.name()).willReturn("trades");
			assertThatExceptionOfType(InvalidStreamSourcesException.class).isThrownBy(() -> builder.topic(topic))
				.withMessageContaining("'trades'");
		});
	}

	@Test
	void anotherStoreOfSessionsTakesThePlaceOfOurs() {
		this.runner.withBean(SessionStore.class, OtherStore::new)
			.run((context) -> assertThat(context).hasSingleBean(SessionStore.class)
				.hasSingleBean(OtherStore.class)
				.hasSingleBean(StreamWebSocketHandler.Builder.class));
	}

	@Test
	void anApplicationsOwnMapperWrites() {
		JsonMapper mapper = new JsonMapper();
		this.runner.withBean(JsonMapper.class, () -> mapper)
			.run((context) -> assertThat(context).hasSingleBean(StreamCodecs.class));
	}

	@Test
	void clientsHaveTheEncodingsWithoutAServer() {
		new ApplicationContextRunner().withConfiguration(autoConfigurations)
			.run((context) -> assertThat(context).hasSingleBean(StreamCodecs.class)
				.doesNotHaveBean(StreamWebSocketHandler.Builder.class));
	}

	@Test
	void nothingIsThereWithoutJackson() {
		this.runner.withClassLoader(new FilteredClassLoader(JsonMapper.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(StreamCodecs.class)
				.doesNotHaveBean(StreamWebSocketHandler.Builder.class));
	}

	@Test
	void nothingIsThereWithoutNetty() {
		this.runner.withConfiguration(AutoConfigurations.of(WebSocketMappingAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("io.netty", "reactor.netty"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(WebSocketKeepaliveProperties.class)
				.doesNotHaveBean(StreamCodecs.class)
				.doesNotHaveBean(StreamWebSocketHandler.Builder.class));
	}

	@Test
	void cborMessagePackAndRedisAreNotNeeded() {
		this.runner.withUserConfiguration(Sources.class)
			.withClassLoader(new FilteredClassLoader("tools.jackson.dataformat.cbor", "org.msgpack",
					"org.springframework.data.redis", "io.lettuce"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(StreamWebSocketHandler.Builder.class));
	}

	@Test
	void handlersAreBuiltAlsoWhileEverythingElseIsDisabled() {
		this.runner.withUserConfiguration(Sources.class)
			.withPropertyValues("websocket-keepalive.enabled=false")
			.run((context) -> assertThat(
					context.getBean(StreamWebSocketHandler.Builder.class).build().getSubProtocols())
				.contains("resumable.v1.json"));
	}

	@Configuration(proxyBeanMethods = false)
	static class Sources {

		@Bean
		ReplayableSource<Integer> numbers() {
			return (request, offset) -> Flux.just(1);
		}

	}

	static final class OtherStore implements SessionStore {

		@Override
		public Mono<Void> save(String key, StreamSession session) {
			return Mono.empty();
		}

		@Override
		public Mono<StreamSession> take(String key) {
			return Mono.just(new StreamSession("id", Map.of(), List.of()));
		}

	}

}
