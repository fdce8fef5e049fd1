/**
 * The Actuator endpoint of open WebSockets.
 */
@NullMarked
package io.github.websocketkeepalive.endpoint;

import org.jspecify.annotations.NullMarked;
