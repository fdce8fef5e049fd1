package io.github.websocketkeepalive.server;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.function.SingletonSupplier;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServerRequest;

import io.github.websocketkeepalive.admission.Admission;
import io.github.websocketkeepalive.admission.AdmissionDecision.Rejected;
import io.github.websocketkeepalive.admission.AdmissionRequest;
import io.github.websocketkeepalive.eventloop.EventLoopTurns;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.transport.ConnectionTap;
import io.github.websocketkeepalive.transport.SocketMeter;

/**
 * Sees every request of a server before its handler does, over HTTP/1.1 and HTTP/2. Those
 * that ask for a WebSocket (RFC 6455 section 4.1, RFC 8441 section 4) it has admitted or
 * refused, and watched if they were admitted.
 */
final class UpgradeObserver implements ConnectionObserver {

	private static final Logger logger = LoggerFactory.getLogger(UpgradeObserver.class);

	private final AtomicBoolean warned = new AtomicBoolean();

	private final Map<EventLoop, HandshakeTurns> turns = new ConcurrentHashMap<>();

	private final Heartbeats heartbeats;

	private final PathPolicies policies;

	private final HandshakeAdmission admission;

	UpgradeObserver(Heartbeats heartbeats, PathPolicies policies, HandshakeAdmission admission) {
		this.heartbeats = heartbeats;
		this.policies = policies;
		this.admission = admission;
	}

	@Override
	public void onStateChange(Connection connection, State state) {
		if (state == State.CONFIGURED && connection instanceof HttpServerRequest request) {
			HandshakeDeadline.met(connection.channel());
			if (!HandshakeRules.isHandshake(request)) {
				return;
			}
			if (this.heartbeats.isStrict() && HandshakeRules.isStray(request)) {
				HandshakeRules.ignoreUpgrade(request);
			}
			else {
				watch(connection.channel(), request);
			}
		}
	}

	private void watch(Channel channel, HttpServerRequest request) {
		if (channel.pipeline().get(NettyPipeline.ReactiveBridge) == null) {
			if (this.warned.compareAndSet(false, true)) {
				logger.warn("No '{}' in the pipeline: WebSockets of this server are not kept alive",
						NettyPipeline.ReactiveBridge);
			}
			return;
		}
		if (channel.pipeline().get(UpgradeWatcher.NAME) != null) {
			channel.pipeline().remove(UpgradeWatcher.NAME);
		}
		ConnectionTap.askedFor(channel);
		// Not only when the first heartbeat starts: a connection of HTTP/2 may ask for a
		// hundred WebSockets before.
		SocketMeter.takeTurns(channel);
		Supplier<AdmissionRequest> handshake = SingletonSupplier.of(() -> this.admission.requests().of(request));
		boolean strict = this.heartbeats.isStrict();
		Refusal refusal = HandshakeRules.refusal(request, strict);
		if (refusal != null) {
			refuse(channel, refusal, handshake.get());
			return;
		}
		if (strict) {
			HandshakeRules.normalize(request);
		}
		HandshakeRules.declineUnreadable(request);
		Admission admission = this.admission.gate().enter(handshake);
		if (admission.decision() instanceof Rejected rejection) {
			refuse(channel, new Refusal(rejection), handshake.get());
		}
		else {
			channel.pipeline()
				.addBefore(NettyPipeline.ReactiveBridge, UpgradeWatcher.NAME,
						watcher(channel, request, handshake.get(), admission));
		}
	}

	private void refuse(Channel channel, Refusal refusal, AdmissionRequest handshake) {
		this.admission.gate().rejected(refusal.reason(), handshake.remoteAddress());
		channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, RefusingHandler.NAME, new RefusingHandler(refusal));
	}

	private UpgradeWatcher watcher(Channel channel, HttpServerRequest request, AdmissionRequest handshake,
			Admission admission) {
		HeldUpgrade heldUpgrade = this.admission.policies().isEmpty() ? null
				: new HeldUpgrade(this.admission.policies(), this.admission.gate(), handshake);
		boolean http2 = HandshakeRules.isOverHttp2(request);
		HttpResponseStatus success = http2 ? HttpResponseStatus.OK : HttpResponseStatus.SWITCHING_PROTOCOLS;
		return new UpgradeWatcher(this.heartbeats, this.policies, this.admission.gate(), admission, heldUpgrade,
				channel, http2 ? turns(channel.eventLoop()) : null, success, request.uri(), handshake.remoteAddress());
	}

	private HandshakeTurns turns(EventLoop eventLoop) {
		return this.turns.computeIfAbsent(eventLoop,
				(unknown) -> new HandshakeTurns(new EventLoopTurns(eventLoop, "An opening handshake over HTTP/2")));
	}

}
