/**
 * Values as an operator reads and types them.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.text;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
