/**
 * Live topics: what is published, what is kept of it for clients that come back, and who
 * follows.
 */
@NullMarked
package io.github.websocketkeepalive.stream.topic;

import org.jspecify.annotations.NullMarked;
