package io.github.websocketkeepalive.stream.frame;

/**
 * An item that is JSON already, so that it is encoded once for all who follow a topic.
 *
 * @param json the JSON text in UTF-8, which must not be changed
 */
public record EncodedItem(byte[] json) {
}
