/**
 * Who may connect: limits on opening handshakes, and policies of the application.
 */
@NullMarked
package io.github.websocketkeepalive.admission;

import org.jspecify.annotations.NullMarked;
