package io.github.websocketkeepalive;

/**
 * The table of the properties of streams.
 */
class StreamConfigurationPageTests extends ConfigurationPageTests {

}
