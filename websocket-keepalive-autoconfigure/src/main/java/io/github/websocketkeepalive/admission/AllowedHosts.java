package io.github.websocketkeepalive.admission;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.websocketkeepalive.Internal;

/**
 * The hosts that clients may address. Keeps out pages of a site whose name an attacker
 * has pointed to this server (DNS rebinding): their host and their origin are the same.
 */
@Internal
public final class AllowedHosts {

	/**
	 * A host or a pattern of hosts, and perhaps a port.
	 */
	public static final Pattern SYNTAX = Pattern.compile(
			"(?<name>(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*|\\[[0-9a-f:.]+])(:(?<port>\\d{1,5}))?",
			Pattern.CASE_INSENSITIVE);

	private final List<Host> hosts;

	/**
	 * Create the hosts.
	 * @param hosts names such as {@code example.org} and {@code *.example.org}, and
	 * addresses, each for any port or with one
	 * @throws IllegalArgumentException if one of them is something else
	 */
	public AllowedHosts(List<String> hosts) {
		this.hosts = hosts.stream().map(Host::of).toList();
	}

	/**
	 * Return whether a client may connect.
	 * @param serverOrigin what it addressed, as {@code scheme://host} or
	 * {@code scheme://host:port}
	 * @return whether it may
	 */
	public boolean allows(String serverOrigin) {
		Origin origin = Origin.parse(serverOrigin);
		return origin != null && this.hosts.stream().anyMatch((host) -> host.matches(origin));
	}

	private record Host(String name, int port) {

		static Host of(String text) {
			Matcher matcher = SYNTAX.matcher(text);
			if (!matcher.matches()) {
				throw new IllegalArgumentException("'" + text + "' is no host");
			}
			String port = matcher.group("port");
			return new Host(matcher.group("name").toLowerCase(Locale.ROOT),
					(port != null) ? Integer.parseInt(port) : -1);
		}

		boolean matches(Origin origin) {
			boolean named = this.name.startsWith("*") ? origin.host().endsWith(this.name.substring(1))
					: origin.host().equals(this.name);
			return named && (this.port < 0 || this.port == origin.effectivePort());
		}

	}

}
