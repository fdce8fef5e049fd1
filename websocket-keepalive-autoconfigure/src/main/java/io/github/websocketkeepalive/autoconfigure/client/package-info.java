/**
 * Auto-configuration of the client.
 */
@NullMarked
package io.github.websocketkeepalive.autoconfigure.client;

import org.jspecify.annotations.NullMarked;
