/**
 * The vocabulary of connections: what users find, stream and listen to.
 */
@NullMarked
package io.github.websocketkeepalive.connection;

import org.jspecify.annotations.NullMarked;
