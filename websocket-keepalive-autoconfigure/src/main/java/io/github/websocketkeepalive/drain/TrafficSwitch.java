package io.github.websocketkeepalive.drain;

/**
 * Tells load balancers whether new clients are welcome. Those who come nevertheless are
 * refused, whatever is told here. Both methods may be called on any thread, and
 * repeatedly. They should return soon: the grace of the drain runs meanwhile, and a
 * shutdown waits for them. Whatever they throw, errors included, is logged and counted in
 * the meter {@code websocket.callback.failures}, and changes nothing.
 */
public interface TrafficSwitch {

	/**
	 * Tell that new clients are not welcome.
	 */
	void refuse();

	/**
	 * Tell that new clients are welcome again.
	 */
	void accept();

}
