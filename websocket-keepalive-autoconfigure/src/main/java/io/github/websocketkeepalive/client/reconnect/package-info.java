/**
 * Whether, when and why a client comes back. Pure decisions: no I/O, no clock.
 */
@NullMarked
package io.github.websocketkeepalive.client.reconnect;

import org.jspecify.annotations.NullMarked;
