/**
 * What a peer chose or caused, on its way to a log, a meter or an endpoint, and which
 * peers count as one.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.peer;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
