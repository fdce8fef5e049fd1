/**
 * Conditions, properties and wiring.
 */
@NullMarked
package io.github.websocketkeepalive.autoconfigure;

import org.jspecify.annotations.NullMarked;
