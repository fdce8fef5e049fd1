package io.github.websocketkeepalive.endpoint;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.admission.IpAddress;
import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.liveness.Liveness;
import io.github.websocketkeepalive.peer.PeerAddress;
import io.github.websocketkeepalive.peer.PeerText;

/**
 * Which connections are listed: those that match all that is given.
 *
 * @param endpoint the path pattern
 * @param liveness what is known about the peer
 * @param role which end this process is
 * @param address the address of the peer
 */
record ConnectionFilter(@Nullable String endpoint, @Nullable Liveness liveness, @Nullable Role role,
		@Nullable String address) implements Predicate<WebSocketConnection> {

	/**
	 * Read a filter.
	 * @param endpoint the path pattern, or {@code null} for all
	 * @param liveness the name of a {@link Liveness} in any case, with or without
	 * hyphens, or {@code null} for all
	 * @param role the name of a {@link Role} in any case, or {@code null} for all
	 * @param address the address of the peer, with or without its port, or {@code null}
	 * for all
	 * @return the filter
	 * @throws IllegalArgumentException if there is no such liveness or role; the message
	 * tells which there are
	 */
	static ConnectionFilter of(@Nullable String endpoint, @Nullable String liveness, @Nullable String role,
			@Nullable String address) {
		String wanted = orNull(address);
		return new ConnectionFilter(orNull(endpoint), find("liveness", orNull(liveness), Liveness.values()),
				find("role", orNull(role), Role.values()), (wanted != null) ? canonical(wanted) : null);
	}

	@Override
	public boolean test(WebSocketConnection connection) {
		return isWanted(this.endpoint, connection.getEndpoint()) && isWanted(this.liveness, connection.getLiveness())
				&& isWanted(this.role, connection.getRole())
				&& (this.address == null || isAt(this.address, connection.getRemoteAddress()));
	}

	private static boolean isAt(String wanted, @Nullable SocketAddress actual) {
		String host = PeerAddress.host(actual);
		return host != null && (wanted.equals(canonical(host)) || wanted.equals(PeerAddress.of(actual)));
	}

	/**
	 * Return an address as {@link PeerAddress} writes it, however IPv6 was written.
	 */
	private static String canonical(String address) {
		InetSocketAddress parsed = IpAddress.parse(address);
		String shown = (parsed != null && parsed.getPort() > 0) ? PeerAddress.of(parsed) : PeerAddress.host(parsed);
		return (shown != null) ? shown : address;
	}

	private static boolean isWanted(@Nullable Object wanted, @Nullable Object actual) {
		return wanted == null || wanted.equals(actual);
	}

	private static <E extends Enum<E>> @Nullable E find(String filter, @Nullable String text, E[] constants) {
		if (text == null) {
			return null;
		}
		for (E constant : constants) {
			if (letters(constant.name()).equals(letters(text))) {
				return constant;
			}
		}
		String allowed = Arrays.stream(constants)
			.map((constant) -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-'))
			.collect(Collectors.joining(", "));
		throw new IllegalArgumentException(
				"There is no %s '%s'; use one of %s".formatted(filter, PeerText.of(text), allowed));
	}

	/**
	 * Return the value of a parameter of a request.
	 * @param text the value, which is empty if the parameter has only a name
	 * @return the value, or {@code null} if it has none
	 */
	static @Nullable String orNull(@Nullable String text) {
		return (text == null || text.isEmpty()) ? null : text;
	}

	private static String letters(String text) {
		return text.replaceAll("[_-]", "").toLowerCase(Locale.ROOT);
	}

}
