/**
 * Calls into code that is not ours.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.listener;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
