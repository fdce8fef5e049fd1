/**
 * Single limits on opening handshakes, each on its own.
 */
@NullMarked
package io.github.websocketkeepalive.admission.limit;

import org.jspecify.annotations.NullMarked;
