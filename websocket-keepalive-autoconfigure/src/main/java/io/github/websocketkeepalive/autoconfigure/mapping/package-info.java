/**
 * Auto-configuration of handler mappings.
 */
@NullMarked
package io.github.websocketkeepalive.autoconfigure.mapping;

import org.jspecify.annotations.NullMarked;
