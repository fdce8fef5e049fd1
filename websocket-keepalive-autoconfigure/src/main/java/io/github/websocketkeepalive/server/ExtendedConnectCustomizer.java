package io.github.websocketkeepalive.server;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import reactor.netty.http.Http2SettingsSpec;
import reactor.netty.http.server.HttpServer;

/**
 * Offers WebSockets over HTTP/2 (RFC 8441 section 3) where that is on, unless the
 * application has decided on it. Last of all customizers, because Reactor Netty's
 * settings of HTTP/2 are replaced as a whole: what others have set is set again.
 */
public final class ExtendedConnectCustomizer
		implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, Ordered {

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void customize(NettyReactiveWebServerFactory factory) {
		factory.addServerCustomizers(ExtendedConnectCustomizer::offer);
	}

	static HttpServer offer(HttpServer server) {
		Http2SettingsSpec settings = server.configuration().http2SettingsSpec();
		if (settings == null) {
			return server.http2Settings((builder) -> builder.connectProtocolEnabled(true));
		}
		return (settings.connectProtocolEnabled() != null) ? server
				: server.http2Settings((builder) -> copy(settings, builder).connectProtocolEnabled(true));
	}

	private static Http2SettingsSpec.Builder copy(Http2SettingsSpec settings, Http2SettingsSpec.Builder builder) {
		set(settings.headerTableSize(), builder::headerTableSize);
		set(settings.initialWindowSize(), builder::initialWindowSize);
		set(settings.maxConcurrentStreams(), builder::maxConcurrentStreams);
		set(settings.maxFrameSize(), builder::maxFrameSize);
		set(settings.maxHeaderListSize(), builder::maxHeaderListSize);
		set(settings.maxStreams(), builder::maxStreams);
		set(settings.pingAckDropThreshold(), builder::pingAckDropThreshold);
		set(settings.pingAckTimeout(), builder::pingAckTimeout);
		set(settings.maxDecodedRstFramesPerWindow(), (frames) -> set(settings.maxDecodedRstFramesSecondsPerWindow(),
				(seconds) -> builder.maxDecodedRstFramesPerWindow(frames, seconds)));
		set(settings.maxEncodedRstFramesPerWindow(), (frames) -> set(settings.maxEncodedRstFramesSecondsPerWindow(),
				(seconds) -> builder.maxEncodedRstFramesPerWindow(frames, seconds)));
		return builder;
	}

	private static <T> void set(@Nullable T value, Consumer<T> setter) {
		if (value != null) {
			setter.accept(value);
		}
	}

}
