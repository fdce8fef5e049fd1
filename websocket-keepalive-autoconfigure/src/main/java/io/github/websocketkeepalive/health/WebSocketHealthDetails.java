package io.github.websocketkeepalive.health;

import java.util.Map;

/**
 * Details that another module adds to the health of WebSockets. They do not change the
 * status, but the health is down if they cannot be had because of an exception.
 */
@FunctionalInterface
public interface WebSocketHealthDetails {

	/**
	 * Return the details as they are now.
	 * @return values by name, none if there is nothing to tell
	 */
	Map<String, Object> details();

}
