package io.github.websocketkeepalive.probe;

import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

import io.github.websocketkeepalive.logging.NoiseScope;
import io.github.websocketkeepalive.test.Listening;

import static org.assertj.core.api.Assertions.assertThat;

class ProbeHandlerTests {

	private static final String LOGGER = "io.netty.Some";

	private final List<Probe> seen = new ArrayList<>();

	private final Probes probes = new Probes(Level.DEBUG, Listening.by(ProbeListener.class, new ProbeListener() {

		@Override
		public void onProbe(Probe probe) {
			ProbeHandlerTests.this.seen.add(probe);
		}

	}));

	private final Codec codec = new Codec();

	private final EmbeddedChannel channel = new EmbeddedChannel();

	@Test
	void aConnectionThatAsksForNothingIsTold() {
		install();
		this.channel.close();
		assertThat(this.seen).singleElement().satisfies((probe) -> {
			assertThat(probe.kind()).isEqualTo(Probe.Kind.EMPTY_TCP);
			assertThat(probe.end()).isEqualTo(Probe.End.FIN);
		});
	}

	@Test
	void aResetIsTold() {
		install();
		this.channel.pipeline().fireExceptionCaught(new SocketException("Connection reset"));
		this.channel.close();
		assertThat(this.seen).singleElement().extracting(Probe::end).isEqualTo(Probe.End.RESET);
	}

	@Test
	void whatIsPassedOnOfAProbeIsNoise() {
		install();
		SocketException failure = new SocketException("Connection reset");
		this.channel.pipeline().fireExceptionCaught(failure);
		assertThat(this.codec.noise).containsExactly(true);
		assertThat(NoiseScope.covering(LOGGER, failure)).isNull();
	}

	@Test
	void anExceptionOfThisSideIsNoNoise() {
		install();
		this.channel.pipeline().fireExceptionCaught(new IllegalStateException("a bug"));
		this.channel.pipeline().fireExceptionCaught(new DecoderException(new NullPointerException("a bug")));
		assertThat(this.codec.noise).containsExactly(false, false);
	}

	@Test
	void afterAValidRequestNothingIsLeftInThePipelineNorTold() {
		install();
		receive("GET / HTTP/1.1\r\n\r\n");
		assertThat(this.channel.pipeline().get(ProbeHandler.NAME)).isNotNull();
		ProbeHandler.spoken(this.channel);
		assertThat(this.channel.pipeline().names()).containsExactly("codec", "DefaultChannelPipeline$TailContext#0");
		this.channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
		this.channel.close();
		assertThat(this.codec.noise).containsExactly(false);
		assertThat(this.seen).isEmpty();
	}

	@Test
	void afterThePrefaceOfHttp2NothingIsLeftEither() {
		install();
		receive("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
		assertThat(this.channel.pipeline().get(ProbeHandler.NAME)).isNull();
		assertThat(this.codec.read).isEqualTo(1);
	}

	@Test
	void behindTlsAndTheProxyProtocolTheFirstBytesAreSeenAndTheirHandlersLeave() {
		this.channel.pipeline().addLast("proxy", new ChannelInboundHandlerAdapter());
		this.channel.pipeline().addLast("tls", new ChannelInboundHandlerAdapter());
		install();
		assertThat(this.channel.pipeline().names()).hasSize(7);
		receive("PROXY");
		this.channel.pipeline().fireUserEventTriggered(SslHandshakeCompletionEvent.SUCCESS);
		assertThat(this.channel.pipeline().names()).hasSize(5);
		ProbeHandler.spoken(this.channel);
		assertThat(this.channel.pipeline().names()).hasSize(4);
	}

	@Test
	void aPipelineWithoutACodecIsLeftAlone() {
		ProbeHandler.install(this.channel, this.probes, "proxy", "tls", "absent");
		assertThat(this.channel.pipeline().get(ProbeHandler.NAME)).isNull();
	}

	@Test
	void aFailedHandshakeOfAKnownClientIsNoNoise() {
		this.channel.pipeline().addLast("tls", new ChannelInboundHandlerAdapter());
		install();
		this.probes.tlsFailures().spoken("embedded");
		receive("hello");
		this.channel.pipeline()
			.fireExceptionCaught(new DecoderException(new javax.net.ssl.SSLHandshakeException("unknown certificate")));
		assertThat(this.codec.noise).containsExactly(false);
	}

	private void install() {
		this.channel.pipeline().addLast("codec", this.codec);
		ProbeHandler.install(this.channel, this.probes, "proxy", "tls", "absent", "codec", "absent too");
	}

	private void receive(String bytes) {
		this.channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
	}

	/**
	 * Behind the probe handler: notes whether what it would log is noise.
	 */
	private static final class Codec extends ChannelInboundHandlerAdapter {

		private final List<Boolean> noise = new ArrayList<>();

		private int read;

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			this.read++;
			context.fireChannelRead(message);
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, @Nullable Throwable failure) {
			this.noise.add(NoiseScope.covering(LOGGER, failure) != null);
		}

	}

}
