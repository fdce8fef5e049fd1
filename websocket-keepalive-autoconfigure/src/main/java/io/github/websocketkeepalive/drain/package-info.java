/**
 * Sends the clients of an instance that shuts down elsewhere, a few at a time.
 */
@NullMarked
package io.github.websocketkeepalive.drain;

import org.jspecify.annotations.NullMarked;
