/**
 * Applications in processes of their own, and what can be seen of them from outside.
 */
@NullMarked
package io.github.websocketkeepalive.integration;

import org.jspecify.annotations.NullMarked;
