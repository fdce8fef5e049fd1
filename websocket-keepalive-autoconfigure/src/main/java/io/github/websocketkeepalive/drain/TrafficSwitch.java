package io.github.websocketkeepalive.drain;

/**
 * Tells everybody who sends new clients whether they are welcome. Both methods may be
 * called on any thread, and repeatedly.
 */
public interface TrafficSwitch {

	/**
	 * Refuse new WebSockets, and tell load balancers.
	 */
	void refuse();

	/**
	 * Take new WebSockets again.
	 */
	void accept();

}
