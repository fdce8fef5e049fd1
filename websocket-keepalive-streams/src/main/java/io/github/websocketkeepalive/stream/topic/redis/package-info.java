/**
 * Live topics in Redis.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.stream.topic.redis;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
