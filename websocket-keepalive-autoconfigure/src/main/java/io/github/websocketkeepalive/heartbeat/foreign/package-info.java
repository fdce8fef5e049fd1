/**
 * Recognizes pings that are not ours, and a heartbeat of the application.
 */
@NullMarked
package io.github.websocketkeepalive.heartbeat.foreign;

import org.jspecify.annotations.NullMarked;
