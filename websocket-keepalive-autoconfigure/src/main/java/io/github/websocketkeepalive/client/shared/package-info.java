/**
 * One connection for several users, and what they send while it is away.
 */
@NullMarked
package io.github.websocketkeepalive.client.shared;

import org.jspecify.annotations.NullMarked;
