package io.github.websocketkeepalive.heartbeat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http2.Http2StreamChannel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.connection.ConnectionDetails;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.eventloop.EventLoopMonitor;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.liveness.LivenessTracker;
import io.github.websocketkeepalive.liveness.PingMode;
import io.github.websocketkeepalive.test.Listening;
import io.github.websocketkeepalive.transport.WireMeter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class HeartbeatConnectionTests {

	private final Http2StreamChannel stream = mock(Http2StreamChannel.class);

	private HeartbeatConnection connection;

	@BeforeEach
	void openStreamWithoutOutboundBuffer() {
		ChannelConfig config = mock(ChannelConfig.class);
		given(config.getWriteBufferWaterMark()).willReturn(new WriteBufferWaterMark(100, 1000));
		given(this.stream.config()).willReturn(config);
		given(this.stream.unsafe()).willReturn(mock(Channel.Unsafe.class));
		given(this.stream.isOpen()).willReturn(true);
		given(this.stream.pipeline()).willReturn(mock(ChannelPipeline.class));
		given(this.stream.pipeline().channel()).willReturn(this.stream);
		Channel parent = mock(Channel.class);
		given(this.stream.parent()).willReturn(parent);
		given(parent.pipeline()).willReturn(mock(ChannelPipeline.class));
		given(this.stream.closeFuture()).willReturn(mock(ChannelFuture.class));
		this.connection = new Heartbeat(new ConnectionDetails(Role.SERVER, "/ws", "/ws", null, null, null),
				new LivenessTracker(new LivenessPolicy(PingMode.ALWAYS, 1, 1, 1, 1), 0, 0), WireMeter.of(this.stream),
				new LoopHeartbeats(mock(EventLoopMonitor.class),
						new ConnectionRegistry(Listening.by(ConnectionListener.class)), Heartbeats.Options.of(0),
						new TwoHeartbeatsDetector()));
	}

	@Test
	void aConnectionThatIsServedHasNoNameOfAClient() {
		assertThat(this.connection.getClientName()).isNull();
	}

	@Test
	void whatAnHttp2StreamHasPendingIsToldByItsMarks() {
		given(this.stream.isWritable()).willReturn(true);
		given(this.stream.bytesBeforeUnwritable()).willReturn(1001L - 300);
		assertThat(this.connection.getPendingBytes()).isEqualTo(300);
	}

	@Test
	void whatAnHttp2StreamHasPendingBeyondItsMarksIsToldAsWell() {
		given(this.stream.isWritable()).willReturn(false);
		given(this.stream.bytesBeforeWritable()).willReturn(5000L - 100 + 1);
		assertThat(this.connection.getPendingBytes()).isEqualTo(5000);
	}

	@Test
	void aStreamThatIsGoneHasNothingPending() {
		given(this.stream.isOpen()).willReturn(false);
		assertThat(this.connection.getPendingBytes()).isZero();
	}

}
