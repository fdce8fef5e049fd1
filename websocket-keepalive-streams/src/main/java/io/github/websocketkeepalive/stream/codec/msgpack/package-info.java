/**
 * MessagePack for Jackson, for which there is no module of its own.
 */
@NullMarked
package io.github.websocketkeepalive.stream.codec.msgpack;

import org.jspecify.annotations.NullMarked;
