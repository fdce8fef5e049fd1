/**
 * Live topics and where their history is kept.
 */
@NullMarked
package io.github.websocketkeepalive.stream.store;

import org.jspecify.annotations.NullMarked;
