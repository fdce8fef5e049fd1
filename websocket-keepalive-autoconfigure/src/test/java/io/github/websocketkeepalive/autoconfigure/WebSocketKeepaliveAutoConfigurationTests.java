package io.github.websocketkeepalive.autoconfigure;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.mockito.InOrder;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.ApplicationContextAssertProvider;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.test.util.ReflectionTestUtils;

import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.eventloop.EventLoopListener;
import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.eventloop.EventLoopWatchdog;
import io.github.websocketkeepalive.eventloop.StallPolicy;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.listener.Listeners;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.liveness.PingMode;
import io.github.websocketkeepalive.server.PathPolicies;
import io.github.websocketkeepalive.test.Listening;
import io.github.websocketkeepalive.test.StubConnection;
import io.github.websocketkeepalive.transport.TcpOptions;
import io.github.websocketkeepalive.transport.TcpTuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;

class WebSocketKeepaliveAutoConfigurationTests {

	private static final AutoConfigurations autoConfigurations = AutoConfigurations
		.of(WebSocketKeepaliveAutoConfiguration.class);

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(autoConfigurations);

	@Test
	void providesWhatServersAndClientsShare() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(WebSocketConnections.class)
			.hasSingleBean(EventLoopMonitors.class)
			.hasSingleBean(EventLoopWatchdog.class)
			.hasSingleBean(TcpTuning.class)
			.hasSingleBean(Heartbeats.class)
			.hasSingleBean(PathPolicies.class)
			.hasSingleBean(ProxyIdleTimeoutCheck.class)
			.hasSingleBean(WebSocketKeepaliveProperties.class));
	}

	@Test
	void isTheSameInAServletApplication() {
		new WebApplicationContextRunner().withConfiguration(autoConfigurations)
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(Heartbeats.class));
	}

	@Test
	void isTheSameInAnApplicationThatIsNotForTheWeb() {
		new ApplicationContextRunner().withConfiguration(autoConfigurations)
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(Heartbeats.class));
	}

	@Test
	void watchesNoEventLoopWhenToldNotTo() {
		this.runner.withPropertyValues("websocket-keepalive.event-loop.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(EventLoopWatchdog.class)
				.hasSingleBean(EventLoopMonitors.class)
				.hasSingleBean(Heartbeats.class));
	}

	@Test
	@SuppressWarnings("unchecked")
	void theWatchdogTellsEveryListenerAndEndsWithTheApplication() {
		EventLoopListener first = mock(EventLoopListener.class);
		EventLoopListener second = mock(EventLoopListener.class);
		Thread[] watchdog = new Thread[1];
		this.runner.withBean("first", EventLoopListener.class, () -> first)
			.withBean("second", EventLoopListener.class, () -> second)
			.run((context) -> {
				watchdog[0] = (Thread) ReflectionTestUtils.getField(context.getBean(EventLoopWatchdog.class), "thread");
				assertThat(watchdog[0].isAlive()).isTrue();
				Listeners<EventLoopListener> listeners = (Listeners<EventLoopListener>) ReflectionTestUtils
					.getField(context.getBean(EventLoopWatchdog.class), "listeners");
				listeners.tell((listener) -> listener.onStall("loop"));
				then(first).should().onStall("loop");
				then(second).should().onStall("loop");
			});
		await().until(() -> !watchdog[0].isAlive());
	}

	@Test
	void leavesAnEmptyRegistryWhenDisabled() {
		this.runner.withPropertyValues("websocket-keepalive.enabled=false").run((context) -> {
			assertThat(context.getBean(WebSocketConnections.class).count()).isZero();
			hasNoHeartbeat(context);
		});
	}

	@Test
	void doesNothingWithoutReactorNetty() {
		this.runner.withClassLoader(new FilteredClassLoader("reactor.netty")).run(this::hasNothing);
	}

	@Test
	void doesNothingWithoutSpringWeb() {
		new ApplicationContextRunner().withConfiguration(autoConfigurations)
			.withClassLoader(new FilteredClassLoader("org.springframework.web"))
			.run(this::hasNothing);
	}

	@Test
	void worksWithoutWebFlux() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.web.reactive"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(Heartbeats.class));
	}

	@Test
	void backsOffForARegistryOfTheApplication() {
		this.runner.withUserConfiguration(OwnBeans.class)
			.run((context) -> assertThat(context).hasNotFailed()
				.getBean(WebSocketConnections.class)
				.isSameAs(context.getBean("ownRegistry")));
	}

	@Test
	void backsOffForEachBeanOfTheApplication() {
		this.runner.withUserConfiguration(OwnBeans.class)
			.run((context) -> assertThat(context).hasSingleBean(EventLoopMonitors.class)
				.hasSingleBean(Heartbeats.class)
				.hasSingleBean(PathPolicies.class)
				.hasSingleBean(EventLoopWatchdog.class)
				.hasSingleBean(TcpTuning.class)
				.doesNotHaveBean("webSocketEventLoopMonitors")
				.doesNotHaveBean("webSocketEventLoopWatchdog")
				.doesNotHaveBean("webSocketTcpTuning")
				.doesNotHaveBean("webSocketHeartbeats")
				.doesNotHaveBean("webSocketHeartbeatPolicies"));
	}

	@Test
	void tellsEveryListenerInOrder() {
		this.runner.withUserConfiguration(OrderedListeners.class).run((context) -> {
			StubConnection connection = StubConnection.withId("id");
			context.getBean(ConnectionRegistry.class).opened(connection);
			ConnectionListener first = context.getBean("first", ConnectionListener.class);
			ConnectionListener second = context.getBean("second", ConnectionListener.class);
			InOrder order = inOrder(first, second);
			then(first).should(order).onOpened(connection);
			then(second).should(order).onOpened(connection);
		});
	}

	@Test
	void takesPoliciesFromProperties() {
		this.runner
			.withPropertyValues("websocket-keepalive.heartbeat.interval=7s",
					"websocket-keepalive.heartbeat.endpoints[/ws/prices/**].interval=5s")
			.run((context) -> {
				PathPolicies policies = context.getBean(PathPolicies.class);
				assertThat(policies.policyFor("/ws/echo").intervalNanos()).isEqualTo(Duration.ofSeconds(7).toNanos());
				assertThat(policies.policyFor("/ws/prices/eur").intervalNanos())
					.isEqualTo(Duration.ofSeconds(5).toNanos());
			});
	}

	private void hasNothing(ApplicationContextAssertProvider<?> context) {
		hasNoHeartbeat(context);
		assertThat(context.getBeansOfType(WebSocketConnections.class)).isEmpty();
		assertThat(context.getBeansOfType(WebSocketKeepaliveProperties.class)).isEmpty();
	}

	private void hasNoHeartbeat(ApplicationContextAssertProvider<?> context) {
		assertThat(context.getStartupFailure()).isNull();
		assertThat(context.getBeansOfType(Heartbeats.class)).isEmpty();
		assertThat(context.getBeansOfType(EventLoopMonitors.class)).isEmpty();
		assertThat(context.getBeansOfType(EventLoopWatchdog.class)).isEmpty();
		assertThat(context.getBeansOfType(TcpTuning.class)).isEmpty();
		assertThat(context.getBeansOfType(PathPolicies.class)).isEmpty();
	}

	@Test
	void aListenerMayKnowTheConnections() {
		this.runner.withUserConfiguration(CountingListenerConfiguration.class)
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(CountingListener.class));
	}

	record CountingListener(WebSocketConnections connections) implements ConnectionListener {
	}

	@Configuration(proxyBeanMethods = false)
	@Import(CountingListener.class)
	static class CountingListenerConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnBeans {

		@Bean
		ConnectionRegistry ownRegistry() {
			return new ConnectionRegistry(Listening.by(ConnectionListener.class));
		}

		@Bean
		EventLoopMonitors ownMonitors() {
			return new EventLoopMonitors(Duration.ofSeconds(1));
		}

		@Bean
		EventLoopWatchdog ownWatchdog(EventLoopMonitors monitors) {
			Duration never = Duration.ofHours(1);
			return new EventLoopWatchdog(monitors, new StallPolicy(never, never, never),
					Listening.by(EventLoopListener.class));
		}

		@Bean
		TcpTuning ownTuning() {
			Duration period = Duration.ofSeconds(1);
			return new TcpTuning(new TcpOptions(true, period, period, 1, null));
		}

		@Bean
		Heartbeats ownHeartbeats(ConnectionRegistry registry, EventLoopMonitors monitors) {
			return new Heartbeats(registry, monitors, Heartbeats.Options.of(1024));
		}

		@Bean
		PathPolicies ownPolicies() {
			Duration period = Duration.ofSeconds(1);
			return new PathPolicies(LivenessPolicy.of(PingMode.NEVER, period, period, period, period), Map.of());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OrderedListeners {

		@Bean
		@Order(2)
		ConnectionListener second() {
			return mock(ConnectionListener.class);
		}

		@Bean
		@Order(1)
		ConnectionListener first() {
			return mock(ConnectionListener.class);
		}

	}

}
