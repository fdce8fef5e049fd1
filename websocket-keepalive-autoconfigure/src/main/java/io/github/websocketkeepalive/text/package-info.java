/**
 * Values as an operator reads and types them.
 */
@NullMarked
package io.github.websocketkeepalive.text;

import org.jspecify.annotations.NullMarked;
