package io.github.websocketkeepalive.health;

import java.util.Map;

/**
 * What another module tells among the details of the health of WebSockets. It does not
 * change the status.
 */
@FunctionalInterface
public interface WebSocketHealthDetails {

	/**
	 * Return the details as they are now.
	 * @return values by name, none if there is nothing to tell
	 */
	Map<String, Object> details();

}
