/**
 * The client: WebSockets that this application opens, and that come back. Built by
 * {@link io.github.websocketkeepalive.client.KeepaliveWebSocketClient.Builder}.
 */
@NullMarked
package io.github.websocketkeepalive.client;

import org.jspecify.annotations.NullMarked;
