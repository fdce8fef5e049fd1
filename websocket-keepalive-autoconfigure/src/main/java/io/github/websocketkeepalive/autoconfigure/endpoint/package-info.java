/**
 * Auto-configuration of the endpoint.
 */
@NullMarked
package io.github.websocketkeepalive.autoconfigure.endpoint;

import org.jspecify.annotations.NullMarked;
