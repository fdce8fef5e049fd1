/**
 * What browsers need: a client, and an answer to the ping that it sends.
 */
@NullMarked
package io.github.websocketkeepalive.browser;

import org.jspecify.annotations.NullMarked;
