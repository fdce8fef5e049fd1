package io.github.websocketkeepalive;

/**
 * What tools and the reference pages tell about the properties of streams.
 */
class StreamConfigurationMetadataTests extends ConfigurationMetadataTests {

	@Override
	String[] examples() {
		return new String[] { "websocket-keepalive.stream.batch-size", "websocket-keepalive.stream.history.ttl" };
	}

}
