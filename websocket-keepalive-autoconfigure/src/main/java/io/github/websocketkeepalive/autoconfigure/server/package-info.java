/**
 * Auto-configuration of the server.
 */
@NullMarked
package io.github.websocketkeepalive.autoconfigure.server;

import org.jspecify.annotations.NullMarked;
