package io.github.websocketkeepalive.autoconfigure;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.Internal;

/**
 * A property has a value that cannot work.
 */
@Internal
public final class InvalidKeepalivePropertyException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String key;

	private final String value;

	private final String remedy;

	private final @Nullable String otherKey;

	/**
	 * Create an exception.
	 * @param key the full key of the property
	 * @param value its value
	 * @param remedy what to do instead, a sentence
	 */
	public InvalidKeepalivePropertyException(String key, Object value, String remedy) {
		this(key, value, remedy, null);
	}

	/**
	 * Create an exception about two properties that cannot work together.
	 * @param key the full key of the property
	 * @param value its value
	 * @param remedy what to do instead, a sentence
	 * @param otherKey the full key of the other property, or {@code null} if there is
	 * none
	 */
	public InvalidKeepalivePropertyException(String key, Object value, String remedy, @Nullable String otherKey) {
		super("Property '%s' has the value '%s'. %s".formatted(key, PropertyText.of(value), remedy));
		this.key = key;
		this.value = PropertyText.of(value);
		this.remedy = remedy;
		this.otherKey = otherKey;
	}

	String getKey() {
		return this.key;
	}

	String getValue() {
		return this.value;
	}

	String getRemedy() {
		return this.remedy;
	}

	@Nullable String getOtherKey() {
		return this.otherKey;
	}

}
