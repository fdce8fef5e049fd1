/**
 * The frames of the subprotocol {@code resumable.v1}, whatever they are encoded in.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.stream.protocol;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
