package io.github.websocketkeepalive.admission;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.admission.AdmissionDecision.Rejected;
import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.listener.Listeners;
import io.github.websocketkeepalive.peer.ClientAddress;

/**
 * Every opening handshake passes here first, and is let in or refused by the built-in
 * limits. May be used on any thread and never blocks.
 */
@Internal
public final class AdmissionGate implements ConnectionListener {

	private static final int FORBIDDEN = 403;

	private static final int TOO_MANY_REQUESTS = 429;

	private static final int SERVICE_UNAVAILABLE = 503;

	private final AdmissionLimits limits;

	private final @Nullable AllowedHosts hosts;

	private final @Nullable AllowedOrigins origins;

	private final OpenFiles openFiles;

	private final @Nullable ConnectionSlots slots;

	private final @Nullable FairRateLimiter rate;

	private final RetryPacing pacing;

	private final Listeners<AdmissionListener> listeners;

	private volatile @Nullable Supplier<Duration> opensAfter;

	/**
	 * Create an open gate.
	 * @param limits the limits
	 * @param openFiles what counts open files
	 * @param pacing what draws the delays of those who are refused
	 * @param listeners who is told of refusals
	 */
	public AdmissionGate(AdmissionLimits limits, OpenFiles openFiles, RetryPacing pacing,
			Listeners<AdmissionListener> listeners) {
		this.limits = limits;
		this.hosts = limits.allowedHosts().isEmpty() ? null : new AllowedHosts(limits.allowedHosts());
		this.origins = limits.allowedOrigins().isEmpty() ? null : new AllowedOrigins(limits.allowedOrigins());
		this.openFiles = openFiles;
		this.slots = slots(limits.maxConnections(), limits.maxConnectionsPerAddress());
		this.rate = (limits.handshakesPerSecond() != null)
				? new FairRateLimiter(limits.handshakesPerSecond(), limits.burst()) : null;
		this.pacing = pacing;
		this.listeners = listeners;
	}

	private static @Nullable ConnectionSlots slots(@Nullable Integer most, @Nullable Integer maxPerAddress) {
		if (most == null && maxPerAddress == null) {
			return null;
		}
		return new ConnectionSlots((most != null) ? most : Integer.MAX_VALUE,
				(maxPerAddress != null) ? maxPerAddress : Integer.MAX_VALUE);
	}

	/**
	 * Refuse every handshake from now on, with status 503 and reason {@code draining}.
	 * @param opensAfter returns for how long there is no use in coming back, not
	 * negative; called on any thread
	 */
	public void close(Supplier<Duration> opensAfter) {
		this.opensAfter = opensAfter;
	}

	/**
	 * Let handshakes in again.
	 */
	public void open() {
		this.opensAfter = null;
	}

	/**
	 * Decide on a handshake. Its slot must be given back.
	 * @param request what is known of it, asked for only where a limit needs it
	 * @return the decision, and the slot
	 */
	public Admission enter(Supplier<AdmissionRequest> request) {
		Rejected rejection = refusalWithoutSlot(request);
		if (rejection != null) {
			return new Admission(rejection, null, null);
		}
		String address = (this.limits.maxConnectionsPerAddress() != null)
				? ClientAddress.of(request.get().remoteAddress()) : null;
		rejection = takeSlot(address);
		if (rejection != null) {
			return new Admission(rejection, null, null);
		}
		Admission admission = new Admission(AdmissionDecision.admit(), this.slots, address);
		long delayMillis = (this.rate != null) ? this.rate.tryEnter(ClientAddress.site(request.get().remoteAddress()))
				: FairRateLimiter.ADMITTED;
		if (delayMillis == FairRateLimiter.ADMITTED) {
			return admission;
		}
		admission.release();
		return new Admission(new Rejected(SERVICE_UNAVAILABLE, "rate", Duration.ofMillis(delayMillis)), null, null);
	}

	private @Nullable Rejected refusalWithoutSlot(Supplier<AdmissionRequest> request) {
		Supplier<Duration> opensAfter = this.opensAfter;
		if (opensAfter != null) {
			return later(SERVICE_UNAVAILABLE, "draining", opensAfter.get());
		}
		if (this.hosts != null && !this.hosts.allows(request.get().serverOrigin())) {
			return new Rejected(FORBIDDEN, "host", null);
		}
		if (this.origins != null && !this.origins.allows(request.get().origin(), request.get().serverOrigin())) {
			return new Rejected(FORBIDDEN, "origin", null);
		}
		if (this.limits.maxOpenFilesRatio() < 1 && this.openFiles.exceed(this.limits.maxOpenFilesRatio())) {
			return later(SERVICE_UNAVAILABLE, "open-files", Duration.ZERO);
		}
		return null;
	}

	private @Nullable Rejected takeSlot(@Nullable String address) {
		if (this.slots == null) {
			return null;
		}
		return switch (this.slots.take(address)) {
			case TAKEN -> null;
			case FULL -> later(SERVICE_UNAVAILABLE, "max-connections", Duration.ZERO);
			case ADDRESS_FULL -> later(TOO_MANY_REQUESTS, "max-connections-per-address", Duration.ZERO);
		};
	}

	private Rejected later(int status, String reason, Duration earliest) {
		return new Rejected(status, reason, earliest.plusMillis(this.pacing.delayMillis()));
	}

	/**
	 * Tell that a handshake was refused, by whomever.
	 * @param reason why
	 * @param remoteAddress the address of the client
	 */
	public void rejected(String reason, @Nullable SocketAddress remoteAddress) {
		this.listeners.tell((listener) -> listener.onRejected(reason, remoteAddress));
	}

	/**
	 * Return how many connections and handshakes are counted at present.
	 * @return the number, 0 where nothing is limited by it
	 */
	public int slotsTaken() {
		return (this.slots != null) ? this.slots.taken() : 0;
	}

	/**
	 * Return how many addresses are remembered at present.
	 * @return the number, 0 where nothing is limited by it
	 */
	public int addresses() {
		return (this.slots != null) ? this.slots.addresses() : 0;
	}

	@Override
	public void onClosed(WebSocketConnection connection, CloseCause cause, int code) {
		if (this.slots != null && connection.getRole() == Role.SERVER) {
			this.slots.release(ClientAddress.of(connection.getRemoteAddress()));
		}
	}

}
