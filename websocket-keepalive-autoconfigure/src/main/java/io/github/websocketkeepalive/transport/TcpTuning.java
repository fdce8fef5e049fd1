package io.github.websocketkeepalive.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.ClassUtils;

/**
 * Gives every TCP connection its options, by the names that its transport has for them,
 * and reads them back: an option that a platform lacks is warned of once rather than
 * silently missing.
 */
public final class TcpTuning {

	private static final Logger logger = LoggerFactory.getLogger(TcpTuning.class);

	private static final boolean UNIX = ClassUtils.isPresent("io.netty.channel.unix.IntegerUnixChannelOption",
			TcpTuning.class.getClassLoader());

	private final Set<String> warned = ConcurrentHashMap.newKeySet();

	private final Map<String, List<Setting>> settings = new ConcurrentHashMap<>();

	private final TcpOptions options;

	/**
	 * Create a tuning.
	 * @param options the options to apply
	 */
	public TcpTuning(TcpOptions options) {
		this.options = options;
	}

	/**
	 * Apply the options to a connection. Other channels than TCP connections are left
	 * alone.
	 * @param channel the channel, registered with its event loop
	 */
	public void apply(Channel channel) {
		if (channel instanceof SocketChannel) {
			String transport = TransportName.of(channel);
			set(channel, transport, "SO_KEEPALIVE", ChannelOption.SO_KEEPALIVE, this.options.keepAlive());
			for (Setting setting : this.settings.computeIfAbsent(transport, this::settings)) {
				set(channel, transport, setting.name(), setting.option(), setting.value());
			}
		}
	}

	private List<Setting> settings(String transport) {
		List<Setting> settings = new ArrayList<>();
		if (this.options.keepAlive()) {
			add(settings, transport, "TCP_KEEPIDLE", this.options.idle().toSeconds());
			add(settings, transport, "TCP_KEEPINTVL", this.options.interval().toSeconds());
			add(settings, transport, "TCP_KEEPCNT", this.options.count());
		}
		Duration userTimeout = this.options.userTimeout();
		if (userTimeout != null) {
			add(settings, transport, "TCP_USER_TIMEOUT", userTimeout.toMillis());
		}
		return settings;
	}

	private static void add(List<Setting> settings, String transport, String name, long value) {
		settings.add(new Setting(name, option(transport, name), Math.toIntExact(value)));
	}

	private static @Nullable ChannelOption<Integer> option(String transport, String name) {
		if (UNIX && ("epoll".equals(transport) || "io_uring".equals(transport))) {
			return LinuxTcpOption.of(name);
		}
		if (!"nio".equals(transport)) {
			return null;
		}
		return switch (name) {
			case "TCP_KEEPIDLE" -> NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE);
			case "TCP_KEEPINTVL" -> NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL);
			case "TCP_KEEPCNT" -> NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT);
			default -> null;
		};
	}

	private <T> void set(Channel channel, String transport, String name, @Nullable ChannelOption<T> option, T value) {
		if ((option == null || !isSet(channel, option, value)) && channel.isOpen()
				&& this.warned.add(transport + name)) {
			logger.warn("{} cannot be set to {} on the transport {} of this platform; "
					+ "it keeps the value of the operating system", name, value, transport);
		}
	}

	private static <T> boolean isSet(Channel channel, ChannelOption<T> option, T value) {
		try {
			return channel.config().setOption(option, value) && value.equals(channel.config().getOption(option));
		}
		catch (ChannelException | UnsupportedOperationException ex) {
			return false;
		}
	}

	private record Setting(String name, @Nullable ChannelOption<Integer> option, int value) {
	}

	/**
	 * The options of netinet/tcp.h. A class of its own, because its types come with the
	 * native transports only.
	 */
	private static final class LinuxTcpOption {

		private static final int IPPROTO_TCP = 6;

		static ChannelOption<Integer> of(String name) {
			int number = switch (name) {
				case "TCP_KEEPIDLE" -> 4;
				case "TCP_KEEPINTVL" -> 5;
				case "TCP_KEEPCNT" -> 6;
				case "TCP_USER_TIMEOUT" -> 18;
				default -> throw new IllegalArgumentException(name);
			};
			return new IntegerUnixChannelOption(name, IPPROTO_TCP, number);
		}

	}

}
