/**
 * Measures what the starter costs an application.
 */
@NullMarked
package io.github.websocketkeepalive.benchmarks;

import org.jspecify.annotations.NullMarked;
