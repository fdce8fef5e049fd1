/**
 * The opening handshake of a client (RFC 6455 section 4.1), and how it can fail.
 */
@NullMarked
package io.github.websocketkeepalive.client.handshake;

import org.jspecify.annotations.NullMarked;
