/**
 * The glue into Reactor Netty's server and the filter chain of WebFlux.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.server;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
