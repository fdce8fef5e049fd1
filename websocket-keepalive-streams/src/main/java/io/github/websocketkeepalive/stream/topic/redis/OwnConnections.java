package io.github.websocketkeepalive.stream.topic.redis;

import java.time.Duration;
import java.util.Optional;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ReadFrom;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.resource.ClientResources;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeansException;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.RedisCredentialsProviderFactory;

/**
 * Connects to where the application's factory does, by connections that nothing else
 * uses. The application's own one is shared by all of its commands, and Lettuce may wait
 * 30 seconds before it connects that again.
 */
final class OwnConnections {

	/**
	 * Time for a TCP connection, so that another server is tried soon.
	 */
	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

	private OwnConnections() {
	}

	/**
	 * Create a factory whose connections are not shared, and end when they break.
	 * @param factory the factory of the application
	 * @return the factory, started and to be destroyed, or {@code null} if the one of the
	 * application does not tell where it connects to
	 */
	static @Nullable LettuceConnectionFactory of(ReactiveRedisConnectionFactory factory) {
		return (factory instanceof LettuceConnectionFactory lettuce) ? of(lettuce) : null;
	}

	private static @Nullable LettuceConnectionFactory of(LettuceConnectionFactory factory) {
		AbstractRedisClient client = factory.getNativeClient();
		RedisConfiguration configuration = configuration(factory);
		if (client == null || configuration == null) {
			return null;
		}
		LettuceConnectionFactory own = new LettuceConnectionFactory(configuration,
				new ClientConfiguration(factory.getClientConfiguration(), client));
		own.setShareNativeConnection(false);
		own.afterPropertiesSet();
		own.start();
		return own;
	}

	// The factory has getters for most kinds of configuration, but not for all.
	private static @Nullable RedisConfiguration configuration(LettuceConnectionFactory factory) {
		try {
			return (RedisConfiguration) new DirectFieldAccessor(factory).getPropertyValue("configuration");
		}
		catch (BeansException ex) {
			return null;
		}
	}

	/**
	 * The configuration of the application, whose threads are used too. Reads go to the
	 * master only, and commands have no time limit but ours: one of them waits.
	 *
	 * @param delegate the configuration of the application
	 * @param client the client of the application
	 */
	private record ClientConfiguration(LettuceClientConfiguration delegate,
			AbstractRedisClient client) implements LettuceClientConfiguration {

		@Override
		public boolean isUseSsl() {
			return this.delegate.isUseSsl();
		}

		@Override
		@Deprecated
		public boolean isVerifyPeer() {
			return getVerifyMode() != SslVerifyMode.NONE;
		}

		@Override
		public SslVerifyMode getVerifyMode() {
			return this.delegate.getVerifyMode();
		}

		@Override
		public boolean isStartTls() {
			return this.delegate.isStartTls();
		}

		@Override
		public Optional<ClientResources> getClientResources() {
			return Optional.of(this.client.getResources());
		}

		@Override
		public Optional<ClientOptions> getClientOptions() {
			ClientOptions options = this.client.getOptions();
			return Optional.of(options.mutate()
				.autoReconnect(false)
				.timeoutOptions(TimeoutOptions.create())
				.socketOptions(options.getSocketOptions().mutate().connectTimeout(CONNECT_TIMEOUT).build())
				.build());
		}

		@Override
		public Optional<String> getClientName() {
			return this.delegate.getClientName();
		}

		@Override
		public Optional<ReadFrom> getReadFrom() {
			return Optional.empty();
		}

		@Override
		public Optional<RedisCredentialsProviderFactory> getRedisCredentialsProviderFactory() {
			return this.delegate.getRedisCredentialsProviderFactory();
		}

		@Override
		public Duration getCommandTimeout() {
			return this.delegate.getCommandTimeout();
		}

		@Override
		public Duration getShutdownTimeout() {
			return this.delegate.getShutdownTimeout();
		}

		@Override
		public Duration getShutdownQuietPeriod() {
			return Duration.ZERO;
		}

	}

}
