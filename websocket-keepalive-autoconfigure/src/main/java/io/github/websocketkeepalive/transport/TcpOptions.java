package io.github.websocketkeepalive.transport;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Which options a TCP connection is given.
 *
 * @param keepAlive whether the kernel probes an idle connection
 * @param idle after which idle time it starts to
 * @param interval from one probe to the next
 * @param count how many unanswered probes end the connection
 * @param userTimeout how long written data may stay unacknowledged, or {@code null} for
 * the default of the kernel
 */
public record TcpOptions(boolean keepAlive, Duration idle, Duration interval, int count,
		@Nullable Duration userTimeout) {
}
