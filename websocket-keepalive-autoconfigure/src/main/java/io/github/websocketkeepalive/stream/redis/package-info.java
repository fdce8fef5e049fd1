/**
 * History of live topics and sessions in Redis 6.2 or later, shared by all instances.
 */
@NullMarked
package io.github.websocketkeepalive.stream.redis;

import org.jspecify.annotations.NullMarked;
