/**
 * Calls into code that is not ours.
 */
@NullMarked
package io.github.websocketkeepalive.listener;

import org.jspecify.annotations.NullMarked;
