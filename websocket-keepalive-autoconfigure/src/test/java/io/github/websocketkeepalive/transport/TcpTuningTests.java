package io.github.websocketkeepalive.transport;

import java.time.Duration;
import java.util.regex.Pattern;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.channel.socket.nio.NioChannelOption;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link TcpTuning}, on sockets whose options are read back.
 */
@ExtendWith(OutputCaptureExtension.class)
class TcpTuningTests {

	private static final Duration USER_TIMEOUT = Duration.ofMillis(12345);

	@Test
	void setsEveryOptionOnEpoll(CapturedOutput output) throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(Transport.EPOLL)) {
			apply(connection, options(true, USER_TIMEOUT));
			assertThat(option(connection, ChannelOption.SO_KEEPALIVE)).isTrue();
			assertThat(option(connection, EpollChannelOption.TCP_KEEPIDLE)).isEqualTo(61);
			assertThat(option(connection, EpollChannelOption.TCP_KEEPINTVL)).isEqualTo(17);
			assertThat(option(connection, EpollChannelOption.TCP_KEEPCNT)).isEqualTo(5);
			assertThat(option(connection, EpollChannelOption.TCP_USER_TIMEOUT)).isEqualTo(12345);
		}
		assertThat(output).doesNotContain("cannot be set");
	}

	@Test
	void setsWhatTheJdkHasOnNio(CapturedOutput output) throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(Transport.NIO)) {
			apply(connection, options(true, null));
			assertThat(option(connection, ChannelOption.SO_KEEPALIVE)).isTrue();
			assertThat(option(connection, NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE))).isEqualTo(61);
			assertThat(option(connection, NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL))).isEqualTo(17);
			assertThat(option(connection, NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT))).isEqualTo(5);
		}
		assertThat(output).doesNotContain("cannot be set");
	}

	@Test
	void warnsOnceOfAUserTimeoutOnNioAndSetsTheRest(CapturedOutput output) throws Exception {
		TcpTuning tuning = new TcpTuning(options(true, USER_TIMEOUT));
		for (int i = 0; i < 3; i++) {
			try (LoopbackConnection connection = new LoopbackConnection(Transport.NIO)) {
				apply(connection, tuning);
				assertThat(option(connection, NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE))).isEqualTo(61);
			}
		}
		assertThat(count(output, "cannot be set")).isOne();
		assertThat(output).contains("TCP_USER_TIMEOUT cannot be set to 12345 on the transport nio");
	}

	@ParameterizedTest
	@EnumSource
	void turnsKeepAliveOffWhereItIsNotWanted(Transport transport) throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(transport)) {
			connection.channel().config().setOption(ChannelOption.SO_KEEPALIVE, true);
			apply(connection, options(false, null));
			assertThat(option(connection, ChannelOption.SO_KEEPALIVE)).isFalse();
		}
	}

	@Test
	void leavesTheKernelItsProbesWhereKeepAliveIsOff() throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(Transport.EPOLL)) {
			int idle = option(connection, EpollChannelOption.TCP_KEEPIDLE);
			apply(connection, options(false, USER_TIMEOUT));
			assertThat(option(connection, EpollChannelOption.TCP_KEEPIDLE)).isEqualTo(idle).isNotEqualTo(61);
			assertThat(option(connection, EpollChannelOption.TCP_USER_TIMEOUT)).isEqualTo(12345);
		}
	}

	@Test
	void leavesTheKernelItsUserTimeoutUnlessOneIsGiven() throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(Transport.EPOLL)) {
			apply(connection, options(true, null));
			assertThat(option(connection, EpollChannelOption.TCP_USER_TIMEOUT)).isZero();
		}
	}

	@Test
	void warnsOnceOfEachOptionThatATransportLacks(CapturedOutput output) {
		SocketChannel unknown = unknownTransport();
		TcpTuning tuning = new TcpTuning(options(true, null));
		tuning.apply(unknown);
		tuning.apply(unknown);
		assertThat(output).contains("TCP_KEEPIDLE cannot be set to 61 on the transport other",
				"TCP_KEEPINTVL cannot be set to 17 on the transport other",
				"TCP_KEEPCNT cannot be set to 5 on the transport other");
		assertThat(count(output, "cannot be set")).isEqualTo(3);
	}

	@Test
	void anOptionThatIsTakenButNotKeptIsWarnedOf(CapturedOutput output) {
		SocketChannel forgetful = unknownTransport();
		given(forgetful.config().getOption(ChannelOption.SO_KEEPALIVE)).willReturn(false);
		new TcpTuning(options(true, null)).apply(forgetful);
		assertThat(output).contains("SO_KEEPALIVE cannot be set to true on the transport other");
	}

	@ParameterizedTest
	@EnumSource
	void aConnectionThatIsGoneIsNoReasonToWarn(Transport transport, CapturedOutput output) throws Exception {
		try (LoopbackConnection connection = new LoopbackConnection(transport)) {
			connection.channel().close().sync();
			apply(connection, options(true, USER_TIMEOUT));
		}
		assertThat(output).doesNotContain("cannot be set");
	}

	@Test
	void otherChannelsAreLeftAlone(CapturedOutput output) {
		EmbeddedChannel channel = new EmbeddedChannel();
		new TcpTuning(options(true, USER_TIMEOUT)).apply(channel);
		assertThat(output).doesNotContain("cannot be set");
		channel.close();
	}

	private static SocketChannel unknownTransport() {
		SocketChannel channel = mock(SocketChannel.class);
		SocketChannelConfig config = mock(SocketChannelConfig.class);
		given(channel.config()).willReturn(config);
		given(channel.isOpen()).willReturn(true);
		given(config.setOption(eq(ChannelOption.SO_KEEPALIVE), any())).willReturn(true);
		given(config.getOption(ChannelOption.SO_KEEPALIVE)).willReturn(true);
		return channel;
	}

	private static TcpOptions options(boolean keepAlive, Duration userTimeout) {
		return new TcpOptions(keepAlive, Duration.ofSeconds(61), Duration.ofSeconds(17), 5, userTimeout);
	}

	private static void apply(LoopbackConnection connection, TcpOptions options) {
		apply(connection, new TcpTuning(options));
	}

	private static void apply(LoopbackConnection connection, TcpTuning tuning) {
		connection.call(() -> {
			tuning.apply(connection.channel());
			return true;
		});
	}

	private static <T> T option(LoopbackConnection connection, ChannelOption<T> option) {
		Channel channel = connection.channel();
		return connection.call(() -> channel.config().getOption(option));
	}

	private static int count(CapturedOutput output, String text) {
		return output.toString().split(Pattern.quote(text), -1).length - 1;
	}

}
