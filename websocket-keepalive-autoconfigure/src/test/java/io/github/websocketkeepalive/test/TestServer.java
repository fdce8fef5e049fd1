package io.github.websocketkeepalive.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;
import org.springframework.http.client.ReactorResourceFactory;

import io.github.websocketkeepalive.connection.WebSocketConnections;

/**
 * A real application on a real port, with loops of its own.
 */
public final class TestServer implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private TestServer(ConfigurableApplicationContext context) {
		this.context = context;
	}

	public static Builder on(Transport transport) {
		return new Builder(transport);
	}

	public int port() {
		return ((WebServerApplicationContext) this.context).getWebServer().getPort();
	}

	public URI uri(String path) {
		return URI.create("ws://localhost:" + port() + path);
	}

	public <T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	public WebSocketConnections connections() {
		return bean(WebSocketConnections.class);
	}

	public ConfigurableApplicationContext context() {
		return this.context;
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * What a server is started with.
	 */
	public static final class Builder {

		private final Transport transport;

		private final Map<String, Object> properties = new LinkedHashMap<>();

		private int workers = 2;

		private Builder(Transport transport) {
			this.transport = transport;
			property("server.port", 0);
			property("spring.main.banner-mode", "off");
			property("server.shutdown", "immediate");
			property("spring.jmx.enabled", false);
			property("websocket-keepalive.drain.enabled", false);
			property("websocket-keepalive.heartbeat.allow-short", true);
			ofModule().forEach((key, value) -> property(String.valueOf(key), value));
		}

		/**
		 * Return what all servers of the tests of another module have beside that.
		 */
		private static Properties ofModule() {
			try {
				ClassPathResource file = new ClassPathResource("test-server.properties");
				return file.exists() ? PropertiesLoaderUtils.loadProperties(file) : new Properties();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		public Builder workers(int workers) {
			this.workers = workers;
			return this;
		}

		public Builder property(String key, Object value) {
			this.properties.put(key, value);
			return this;
		}

		public Builder heartbeat(String interval, String timeout) {
			property("websocket-keepalive.heartbeat.interval", interval);
			return property("websocket-keepalive.heartbeat.timeout", timeout);
		}

		/**
		 * Have the server drain before it shuts down.
		 */
		public Builder drain(Duration grace, Duration window) {
			property("websocket-keepalive.drain.enabled", true);
			property("websocket-keepalive.drain.grace", grace);
			return property("websocket-keepalive.drain.window", window);
		}

		public TestServer start(Class<?>... configuration) {
			Class<?>[] sources = new Class<?>[configuration.length + 1];
			sources[0] = Application.class;
			System.arraycopy(configuration, 0, sources, 1, configuration.length);
			ApplicationContextInitializer<GenericApplicationContext> loops = (context) -> context
				.registerBean(ReactorResourceFactory.class, this::resources);
			return new TestServer(new SpringApplicationBuilder(sources).web(WebApplicationType.REACTIVE)
				.properties(this.properties)
				.initializers(loops)
				.run());
		}

		private ReactorResourceFactory resources() {
			ReactorResourceFactory resources = new ReactorResourceFactory();
			resources.setUseGlobalResources(false);
			resources.setLoopResourcesSupplier(() -> this.transport.loops(this.workers));
			resources.setShutdownQuietPeriod(Duration.ZERO);
			return resources;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
