/**
 * Auto-configuration of what is made of probes.
 */
@NullMarked
package io.github.websocketkeepalive.autoconfigure.probe;

import org.jspecify.annotations.NullMarked;
