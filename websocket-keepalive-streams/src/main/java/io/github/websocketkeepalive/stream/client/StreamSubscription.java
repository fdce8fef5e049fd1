package io.github.websocketkeepalive.stream.client;

import java.lang.reflect.Type;
import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

import io.github.websocketkeepalive.stream.StreamPosition;

/**
 * What to ask a server for. Immutable.
 *
 * @param <T> what the rows are
 */
public final class StreamSubscription<T> {

	private final String source;

	private final Type type;

	private final Map<String, Object> parameters;

	private final @Nullable StreamPosition from;

	private final @Nullable Integer window;

	private final @Nullable Consumer<StreamGap> onGap;

	private StreamSubscription(String source, Type type, Map<String, Object> parameters, @Nullable StreamPosition from,
			@Nullable Integer window, @Nullable Consumer<StreamGap> onGap) {
		this.source = source;
		this.type = type;
		this.parameters = parameters;
		this.from = from;
		this.window = window;
		this.onGap = onGap;
	}

	/**
	 * Ask for all rows of a source.
	 * @param <T> what the rows are
	 * @param source the name of the source
	 * @param type what Jackson makes of a row
	 * @return what to ask for
	 */
	public static <T> StreamSubscription<T> of(String source, Class<T> type) {
		return new StreamSubscription<>(source, type, Map.of(), null, null, null);
	}

	/**
	 * Ask for all rows of a source.
	 * @param <T> what the rows are
	 * @param source the name of the source
	 * @param type what Jackson makes of a row
	 * @return what to ask for
	 */
	public static <T> StreamSubscription<T> of(String source, ParameterizedTypeReference<T> type) {
		return new StreamSubscription<>(source, type.getType(), Map.of(), null, null, null);
	}

	/**
	 * Give the source parameters.
	 * @param parameters what Jackson can write
	 * @return the same with other parameters
	 */
	public StreamSubscription<T> withParameters(Map<String, Object> parameters) {
		return new StreamSubscription<>(this.source, this.type, Map.copyOf(parameters), this.from, this.window,
				this.onGap);
	}

	/**
	 * Continue where an earlier stream stopped.
	 * @param from where, such as {@link StreamItem#next()} of the last row, or
	 * {@code null} to begin
	 * @return the same with another start
	 */
	public StreamSubscription<T> withFrom(@Nullable StreamPosition from) {
		return new StreamSubscription<>(this.source, this.type, this.parameters, from, this.window, this.onGap);
	}

	/**
	 * Set how many batches may be under way, and in memory here; the server may allow
	 * fewer.
	 * @param window maximum number of batches that are not acknowledged
	 * @return the same with another window
	 * @throws IllegalArgumentException if it is not positive
	 */
	public StreamSubscription<T> withWindow(int window) {
		if (window < 1) {
			throw new IllegalArgumentException("window must be at least 1");
		}
		return new StreamSubscription<>(this.source, this.type, this.parameters, this.from, window, this.onGap);
	}

	/**
	 * Go on after a gap, which ends the stream otherwise.
	 * @param onGap told of each gap, between the rows before and after it, on their
	 * thread; what it throws ends the stream
	 * @return the same that goes on after gaps
	 */
	public StreamSubscription<T> onGap(Consumer<StreamGap> onGap) {
		return new StreamSubscription<>(this.source, this.type, this.parameters, this.from, this.window, onGap);
	}

	String source() {
		return this.source;
	}

	Type type() {
		return this.type;
	}

	Map<String, Object> parameters() {
		return this.parameters;
	}

	@Nullable StreamPosition from() {
		return this.from;
	}

	int window(int otherwise) {
		return (this.window != null) ? this.window : otherwise;
	}

	/**
	 * Decide on a gap.
	 * @param gap the gap, or {@code null} if there is none
	 * @throws StreamGapException if the stream must not go on
	 */
	void gap(@Nullable StreamGap gap) {
		if (gap == null) {
			return;
		}
		if (this.onGap == null) {
			throw new StreamGapException(gap);
		}
		this.onGap.accept(gap);
	}

}
