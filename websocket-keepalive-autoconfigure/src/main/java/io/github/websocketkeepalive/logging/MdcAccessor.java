package io.github.websocketkeepalive.logging;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Carries the id of a connection from the Reactor Context into MDC. There is one in a
 * JVM, as there is one {@link ContextRegistry}: it serves the MDC keys of all
 * applications, and is registered while there is any.
 */
final class MdcAccessor implements ThreadLocalAccessor<String> {

	static final MdcAccessor INSTANCE = new MdcAccessor();

	private final List<String> keys = new CopyOnWriteArrayList<>();

	private MdcAccessor() {
	}

	synchronized void add(String key) {
		this.keys.add(key);
		ContextRegistry.getInstance().registerThreadLocalAccessor(this);
	}

	synchronized void remove(String key) {
		this.keys.remove(key);
		if (this.keys.isEmpty()) {
			ContextRegistry.getInstance().removeThreadLocalAccessor(key());
		}
	}

	@Override
	public Object key() {
		return MdcPropagation.CONTEXT_KEY;
	}

	@Override
	public @Nullable String getValue() {
		return this.keys.stream().map(MDC::get).filter(Objects::nonNull).findFirst().orElse(null);
	}

	@Override
	public void setValue(String id) {
		for (String key : this.keys) {
			MDC.put(key, id);
		}
	}

	@Override
	public void setValue() {
		for (String key : this.keys) {
			MDC.remove(key);
		}
	}

}
