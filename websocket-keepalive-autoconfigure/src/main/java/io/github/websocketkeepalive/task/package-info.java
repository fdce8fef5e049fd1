/**
 * Tasks of ours that repeat, and that nothing may end.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.task;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
