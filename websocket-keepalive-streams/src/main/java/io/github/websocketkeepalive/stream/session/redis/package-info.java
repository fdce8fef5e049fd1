/**
 * Sessions of streams in Redis.
 */
@NullMarked
package io.github.websocketkeepalive.stream.session.redis;

import org.jspecify.annotations.NullMarked;
