/**
 * Live topics in Redis.
 */
@NullMarked
package io.github.websocketkeepalive.stream.topic.redis;

import org.jspecify.annotations.NullMarked;
