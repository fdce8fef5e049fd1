/**
 * Connections to Redis 6.2 or later, where topics and sessions are shared by all
 * instances.
 */
@NullMarked
package io.github.websocketkeepalive.stream.redis;

import org.jspecify.annotations.NullMarked;
