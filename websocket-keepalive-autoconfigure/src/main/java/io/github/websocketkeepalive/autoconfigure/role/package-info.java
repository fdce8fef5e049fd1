/**
 * Conditions on what an application uses WebSockets for: as a server, as a client, or
 * both.
 */
@NullMarked
package io.github.websocketkeepalive.autoconfigure.role;

import org.jspecify.annotations.NullMarked;
