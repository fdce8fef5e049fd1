/**
 * What browsers need: a client, and an answer to the ping that it sends.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.browser;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
