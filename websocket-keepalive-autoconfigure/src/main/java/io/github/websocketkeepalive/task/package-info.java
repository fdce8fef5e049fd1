/**
 * Tasks of ours that repeat, and that nothing may end.
 */
@NullMarked
package io.github.websocketkeepalive.task;

import org.jspecify.annotations.NullMarked;
