/**
 * What passes first through every pipeline: bytes, and how a connection ended.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.transport;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
