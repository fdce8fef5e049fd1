/**
 * Connections to Redis 6.2 or later, where topics and sessions are shared by all
 * instances.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.stream.redis;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
