/**
 * Connections that end before they have asked for anything, such as the probes of load
 * balancers: what they are, how many there are, and that they make no noise.
 */
@NullMarked
package io.github.websocketkeepalive.probe;

import org.jspecify.annotations.NullMarked;
