/**
 * Auto-configuration of the client for browsers.
 */
@NullMarked
package io.github.websocketkeepalive.autoconfigure.browser;

import org.jspecify.annotations.NullMarked;
