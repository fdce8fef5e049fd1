/**
 * Auto-configuration of health.
 */
@NullMarked
package io.github.websocketkeepalive.autoconfigure.health;

import org.jspecify.annotations.NullMarked;
