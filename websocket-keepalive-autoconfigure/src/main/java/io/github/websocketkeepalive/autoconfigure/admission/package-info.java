/**
 * Auto-configuration of admission.
 */
@NullMarked
package io.github.websocketkeepalive.autoconfigure.admission;

import org.jspecify.annotations.NullMarked;
