package io.github.websocketkeepalive.guard;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;

/**
 * How much may be inflated at present. Called on the event loop of a connection.
 */
public interface InflationLimit {

	/**
	 * Return how much more may be inflated.
	 * @param channel the channel of the connection
	 * @return the number of bytes
	 */
	int room(Channel channel);

	/**
	 * Called when there is no room for the rest of a frame, which waits until
	 * {@link MessageInflater#resume}.
	 * @param pipeline the pipeline of the connection
	 */
	void inflationWaits(ChannelPipeline pipeline);

}
