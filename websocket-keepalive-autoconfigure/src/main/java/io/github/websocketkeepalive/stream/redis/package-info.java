/**
 * History and sessions in Redis, shared by all instances.
 */
@NullMarked
package io.github.websocketkeepalive.stream.redis;

import org.jspecify.annotations.NullMarked;
