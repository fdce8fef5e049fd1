package io.github.websocketkeepalive.autoconfigure;

/**
 * A property has a value that cannot work.
 */
public final class InvalidKeepalivePropertyException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String key;

	private final String value;

	private final String remedy;

	/**
	 * Create an exception.
	 * @param key the full key of the property
	 * @param value its value
	 * @param remedy what to do instead, a sentence
	 */
	public InvalidKeepalivePropertyException(String key, Object value, String remedy) {
		super("Property '%s' has the value '%s'. %s".formatted(key, value, remedy));
		this.key = key;
		this.value = String.valueOf(value);
		this.remedy = remedy;
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

}
