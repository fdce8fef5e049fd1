package io.github.websocketkeepalive.endpoint;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

import io.github.websocketkeepalive.drain.DrainStatus;

/**
 * What an action has done.
 *
 * @param draining whether this instance is draining now
 * @param changed whether it was not before, or was
 * @param connections how many connections are open
 * @param graceMillis milliseconds until the first of them closes
 * @param windowMillis milliseconds over which they close
 */
public record DrainDescriptor(boolean draining, boolean changed, @Nullable Long connections, @Nullable Long graceMillis,
		@Nullable Long windowMillis) implements OperationResponseBody {

	static DrainDescriptor of(DrainStatus status) {
		return new DrainDescriptor(true, status.started(), status.connections(), status.grace().toMillis(),
				status.window().toMillis());
	}

	static DrainDescriptor resumed(boolean changed) {
		return new DrainDescriptor(false, changed, null, null, null);
	}

}
