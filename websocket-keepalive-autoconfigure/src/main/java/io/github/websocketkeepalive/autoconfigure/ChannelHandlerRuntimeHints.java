package io.github.websocketkeepalive.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Keeps the methods of our handlers visible to Netty in a native image: Netty looks them
 * up by reflection to find which events a handler does not care for.
 */
final class ChannelHandlerRuntimeHints implements RuntimeHintsRegistrar {

	private static final List<String> HANDLERS = List.of("io.github.websocketkeepalive.browser.TextPingHandler",
			"io.github.websocketkeepalive.client.handshake.OpeningHandshake",
			"io.github.websocketkeepalive.client.handshake.ResponseHead",
			"io.github.websocketkeepalive.guard.MessageInflater",
			"io.github.websocketkeepalive.heartbeat.CloseHandshake",
			"io.github.websocketkeepalive.heartbeat.LingeringClose",
			"io.github.websocketkeepalive.heartbeat.ClosingHandler",
			"io.github.websocketkeepalive.heartbeat.HeartbeatHandler",
			"io.github.websocketkeepalive.heartbeat.MdcHeartbeatHandler",
			"io.github.websocketkeepalive.heartbeat.LookAhead", "io.github.websocketkeepalive.heartbeat.UndecodedInput",
			"io.github.websocketkeepalive.probe.ProbeHandler",
			"io.github.websocketkeepalive.probe.ProbeHandler$FirstBytes",
			"io.github.websocketkeepalive.server.EarlyInput", "io.github.websocketkeepalive.server.UpgradeWatcher",
			"io.github.websocketkeepalive.server.HandshakeDeadline",
			"io.github.websocketkeepalive.server.RefusingHandler",
			"io.github.websocketkeepalive.transport.ConnectionTap",
			"io.github.websocketkeepalive.transport.StreamWindows");

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		for (String handler : HANDLERS) {
			hints.reflection().registerTypeIfPresent(classLoader, handler, MemberCategory.INVOKE_PUBLIC_METHODS);
		}
	}

}
