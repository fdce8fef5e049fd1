package io.github.websocketkeepalive.autoconfigure.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.annotation.Order;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.client.ClientConnections;
import io.github.websocketkeepalive.client.KeepaliveWebSocketClient;
import io.github.websocketkeepalive.client.KeepaliveWebSocketClientCustomizer;
import io.github.websocketkeepalive.client.ReconnectingWebSocket;
import io.github.websocketkeepalive.client.reconnect.BackoffPolicy;
import io.github.websocketkeepalive.client.reconnect.ConnectionState;
import io.github.websocketkeepalive.heartbeat.Heartbeats;

import static org.assertj.core.api.Assertions.assertThat;

class WebSocketClientAutoConfigurationTests {

	private static final AutoConfigurations autoConfigurations = AutoConfigurations
		.of(WebSocketKeepaliveAutoConfiguration.class, WebSocketClientAutoConfiguration.class);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(autoConfigurations);

	@Test
	void anApplicationWithoutAWebServerHasABuilder() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(KeepaliveWebSocketClient.Builder.class)
			.hasSingleBean(ClientConnections.class));
	}

	@Test
	void anApplicationWithAWebServerHasABuilder() {
		new ReactiveWebApplicationContextRunner().withConfiguration(autoConfigurations)
			.run((context) -> assertThat(context).hasSingleBean(KeepaliveWebSocketClient.Builder.class));
	}

	@Test
	void everyoneIsGivenABuilderOfTheirOwn() {
		this.runner.run((context) -> assertThat(context.getBean(KeepaliveWebSocketClient.Builder.class))
			.isNotSameAs(context.getBean(KeepaliveWebSocketClient.Builder.class)));
	}

	@Test
	void customizersChangeEveryBuilderInTheirOrder() {
		this.runner.withUserConfiguration(Customizers.class)
			.run((context) -> assertThat(context.getBean(KeepaliveWebSocketClient.Builder.class).build().getName())
				.isEqualTo("second"));
	}

	@Test
	void clientsEndWithTheirContextAndNotWithAChildOfIt() {
		List<ConnectionState> states = new CopyOnWriteArrayList<>();
		this.runner.run((context) -> {
			ReconnectingWebSocket socket = context.getBean(KeepaliveWebSocketClient.Builder.class)
				.backoff(new BackoffPolicy(Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1)))
				.build()
				.connect(Mono.error(new IllegalStateException("no token")), (session) -> Mono.never());
			socket.states().subscribe(states::add);
			socket.run().subscribe();
			GenericApplicationContext child = new GenericApplicationContext((ApplicationContext) context);
			child.refresh();
			child.close();
			assertThat(states).last().isInstanceOf(ConnectionState.Waiting.class);
		});
		assertThat(states).last().isEqualTo(new ConnectionState.Ended(null));
	}

	@Test
	void clientsOutliveTheWebServer() {
		AtomicReference<ConnectionState> whenTheServerHadStopped = new AtomicReference<>();
		AtomicReference<ConnectionState> latest = new AtomicReference<>();
		this.runner
			.withBean(StopOfAWebServer.class,
					() -> new StopOfAWebServer(() -> whenTheServerHadStopped.set(latest.get())))
			.run((context) -> {
				ReconnectingWebSocket socket = context.getBean(KeepaliveWebSocketClient.Builder.class)
					.backoff(new BackoffPolicy(Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1)))
					.build()
					.connect(Mono.error(new IllegalStateException("no token")), (session) -> Mono.never());
				socket.states().subscribe(latest::set);
				socket.run().subscribe();
			});
		assertThat(whenTheServerHadStopped.get()).isInstanceOf(ConnectionState.Waiting.class);
		assertThat(latest.get()).isEqualTo(new ConnectionState.Ended(null));
	}

	@Test
	void backsOffForABuilderOfTheApplication() {
		this.runner.withUserConfiguration(OwnBuilder.class)
			.run((context) -> assertThat(context).hasSingleBean(KeepaliveWebSocketClient.Builder.class)
				.hasBean("ownBuilder"));
	}

	@Test
	void anApplicationHasABuilderAlsoWhileEverythingElseIsDisabled() {
		this.runner.withPropertyValues("websocket-keepalive.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(KeepaliveWebSocketClient.Builder.class)
				.doesNotHaveBean(Heartbeats.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "reactor.netty", "org.springframework.web.reactive" })
	void isAbsentWithoutThePackage(String missing) {
		this.runner.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("webSocketClientBuilder"));
	}

	static class StopOfAWebServer implements SmartLifecycle {

		private final Runnable onStop;

		private boolean running;

		StopOfAWebServer(Runnable onStop) {
			this.onStop = onStop;
		}

		@Override
		public int getPhase() {
			return WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE;
		}

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
			this.onStop.run();
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Customizers {

		@Bean
		@Order(2)
		KeepaliveWebSocketClientCustomizer second() {
			return (builder) -> builder.name("second");
		}

		@Bean
		@Order(1)
		KeepaliveWebSocketClientCustomizer first() {
			return (builder) -> builder.name("first");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnBuilder {

		@Bean
		KeepaliveWebSocketClient.Builder ownBuilder() {
			return new KeepaliveWebSocketClient.Builder(null, null, null, null);
		}

	}

}
