/**
 * One sweep, one virtual clock and one lag figure for each event loop.
 */
@NullMarked
package io.github.websocketkeepalive.eventloop;

import org.jspecify.annotations.NullMarked;
