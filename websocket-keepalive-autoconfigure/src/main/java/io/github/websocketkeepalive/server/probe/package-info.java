/**
 * Has the connections of Reactor Netty's server watched for probes.
 */
@NullMarked
package io.github.websocketkeepalive.server.probe;

import org.jspecify.annotations.NullMarked;
