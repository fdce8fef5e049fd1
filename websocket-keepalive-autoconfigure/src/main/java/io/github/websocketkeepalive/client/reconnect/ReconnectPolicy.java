package io.github.websocketkeepalive.client.reconnect;

import java.util.HashMap;
import java.util.Map;

import io.github.websocketkeepalive.connection.CloseCause;

/**
 * Which ends are final. Immutable.
 *
 * <p>
 * Unless told otherwise, final are the close codes 1000, 1003, 1007 to 1010, 3500 to 3999
 * and 4500 to 4999, the statuses below 500 but 408, 425 and 429, a handler that ends its
 * session itself, and a URI that no client can connect to. Everything else is tried
 * again. Gateways say 1002 for ends that pass too: it is final only when a peer says it
 * 20 times in a row, and at once when this client finds that its peer breaks the
 * protocol.
 */
public final class ReconnectPolicy {

	private static final int PROTOCOL_ERROR = CloseCause.PROTOCOL_ERROR.code();

	private static final int PROTOCOL_ERRORS = 20;

	private static final ReconnectPolicy DEFAULTS = new ReconnectPolicy(Map.of(), Map.of());

	private final Map<Integer, Boolean> codes;

	private final Map<Integer, Boolean> statuses;

	private ReconnectPolicy(Map<Integer, Boolean> codes, Map<Integer, Boolean> statuses) {
		this.codes = codes;
		this.statuses = statuses;
	}

	/**
	 * Return the policy that needs no thought.
	 * @return the policy
	 */
	public static ReconnectPolicy defaults() {
		return DEFAULTS;
	}

	/**
	 * Return a policy with another decision on close codes.
	 * @param reconnect whether to try again
	 * @param closeCodes the close codes; 1006 stands for a connection that ended without
	 * a Close frame
	 * @return the policy
	 */
	public ReconnectPolicy withCloseCodes(boolean reconnect, int... closeCodes) {
		return new ReconnectPolicy(with(this.codes, reconnect, closeCodes), this.statuses);
	}

	/**
	 * Return a policy with another decision on statuses of HTTP.
	 * @param reconnect whether to try again
	 * @param httpStatuses the statuses with which a handshake is refused, by the server
	 * or a proxy
	 * @return the policy
	 */
	public ReconnectPolicy withHttpStatuses(boolean reconnect, int... httpStatuses) {
		return new ReconnectPolicy(this.codes, with(this.statuses, reconnect, httpStatuses));
	}

	/**
	 * Return whether a client comes back.
	 * @param disconnect how its connection ended
	 * @param protocolErrors how many connections in a row ended with 1002, this one
	 * included
	 * @return {@code false} if that was final
	 */
	public boolean mayReturn(Disconnect disconnect, int protocolErrors) {
		int code = disconnect.code();
		if (disconnect.isRefusal()) {
			return this.statuses.getOrDefault(code, isTransientStatus(code));
		}
		if (disconnect.lived() == null) {
			return !disconnect.cause().equals(HandshakeFailure.INVALID_URI.text());
		}
		return !disconnect.cause().equals(CloseCause.LOCAL_CLOSED.text())
				&& this.codes.getOrDefault(code, isTransient(disconnect, protocolErrors));
	}

	/**
	 * Return whether a connection ended with 1002, which alone is no reason to stay away.
	 * @param disconnect how it ended
	 * @return {@code true} if its close code is 1002
	 */
	static boolean isProtocolError(Disconnect disconnect) {
		return disconnect.lived() != null && disconnect.code() == PROTOCOL_ERROR;
	}

	// What breaks the protocol in the eyes of this client will do so again. A peer that
	// says so may be a gateway.
	private static boolean isTransient(Disconnect disconnect, int protocolErrors) {
		if (isProtocolError(disconnect)) {
			return !disconnect.cause().equals(CloseCause.PROTOCOL_ERROR.text()) && protocolErrors < PROTOCOL_ERRORS;
		}
		return isTransientCode(disconnect.code());
	}

	private static boolean isTransientCode(int code) {
		return switch (code) {
			case 1000, 1003, 1007, 1008, 1009, 1010 -> false;
			default -> (code < 3500 || code > 3999) && (code < 4500 || code > 4999);
		};
	}

	private static boolean isTransientStatus(int status) {
		return status >= 500 || status == 408 || status == 425 || status == 429;
	}

	private static Map<Integer, Boolean> with(Map<Integer, Boolean> decisions, boolean reconnect, int... keys) {
		Map<Integer, Boolean> changed = new HashMap<>(decisions);
		for (int key : keys) {
			changed.put(key, reconnect);
		}
		return Map.copyOf(changed);
	}

}
