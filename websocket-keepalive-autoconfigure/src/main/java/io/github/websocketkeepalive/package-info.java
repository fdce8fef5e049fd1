/**
 * What marks the API of this project.
 */
@NullMarked
package io.github.websocketkeepalive;

import org.jspecify.annotations.NullMarked;
