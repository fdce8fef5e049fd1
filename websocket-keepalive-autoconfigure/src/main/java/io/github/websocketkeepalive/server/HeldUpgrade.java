package io.github.websocketkeepalive.server;

import java.nio.channels.ClosedChannelException;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

import io.github.websocketkeepalive.admission.AdmissionDecision;
import io.github.websocketkeepalive.admission.AdmissionDecision.Rejected;
import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.admission.AdmissionPolicies;
import io.github.websocketkeepalive.admission.AdmissionRequest;

/**
 * Holds the response that would complete an upgrade, until the policies of the
 * application have decided. For routes of Reactor Netty, which no web filter sees.
 * Confined to the event loop of the handshake.
 */
final class HeldUpgrade {

	private final AdmissionPolicies policies;

	private final AdmissionGate gate;

	private final AdmissionRequest request;

	private @Nullable Held held;

	/**
	 * Create a hold for one handshake.
	 * @param policies who is asked
	 * @param gate what is told of refusals
	 * @param request what they are asked about
	 */
	HeldUpgrade(AdmissionPolicies policies, AdmissionGate gate, AdmissionRequest request) {
		this.policies = policies;
		this.gate = gate;
		this.request = request;
	}

	/**
	 * Hold a response.
	 * @param context where it was seen
	 * @param response the response
	 * @param promise what is told if it is not sent
	 * @param admitted sends it, run on the event loop
	 */
	void hold(ChannelHandlerContext context, HttpResponse response, ChannelPromise promise, Runnable admitted) {
		Disposable deciding = this.policies.decide(this.request)
			.subscribe((decision) -> context.executor().execute(() -> decided(context, decision, admitted)));
		this.held = new Held(response, promise, deciding);
	}

	private void decided(ChannelHandlerContext context, AdmissionDecision decision, Runnable admitted) {
		Held held = this.held;
		this.held = null;
		if (held == null) {
			return;
		}
		if (decision instanceof Rejected rejection) {
			ReferenceCountUtil.release(held.response());
			this.gate.rejected(rejection.reason(), this.request.remoteAddress());
			refuse(context, new Refusal(rejection), held.promise());
		}
		else {
			admitted.run();
		}
	}

	/**
	 * Give up a response that is still held, because its client has gone.
	 */
	void release() {
		Held held = this.held;
		this.held = null;
		if (held != null) {
			held.deciding().dispose();
			ReferenceCountUtil.release(held.response());
			held.promise().tryFailure(new ClosedChannelException());
		}
	}

	// Reactor Netty sends a Close frame when the upgrade fails, so it is told only when
	// nothing can be sent any more.
	private static void refuse(ChannelHandlerContext context, Refusal refusal, ChannelPromise promise) {
		context.writeAndFlush(refusal.response())
			.addListener((written) -> context.close()
				.addListener((closed) -> promise.tryFailure(new IllegalStateException("Upgrade refused"))));
	}

	private record Held(HttpResponse response, ChannelPromise promise, Disposable deciding) {
	}

}
