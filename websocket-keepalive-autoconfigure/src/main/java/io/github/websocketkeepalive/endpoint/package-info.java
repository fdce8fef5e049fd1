/**
 * The Actuator endpoint of open WebSockets.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.endpoint;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
