package io.github.websocketkeepalive.endpoint;

import java.util.List;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * A page of open connections.
 *
 * @param total how many connections match, on all pages
 * @param connections those of this page, by id
 */
public record WebSocketsDescriptor(long total, List<WebSocketDescriptor> connections) implements OperationResponseBody {
}
