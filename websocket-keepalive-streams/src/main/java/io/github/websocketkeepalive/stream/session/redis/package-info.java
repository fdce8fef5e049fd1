/**
 * Sessions of streams in Redis.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.stream.session.redis;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
