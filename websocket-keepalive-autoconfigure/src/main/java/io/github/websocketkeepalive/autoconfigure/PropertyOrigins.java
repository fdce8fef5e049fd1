package io.github.websocketkeepalive.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Where properties were set, and to what.
 */
final class PropertyOrigins {

	private final ConfigurableEnvironment environment;

	PropertyOrigins(ConfigurableEnvironment environment) {
		this.environment = environment;
	}

	/**
	 * Return the value of a property as it was typed.
	 * @param key the full key of the property
	 * @return the value, with placeholders resolved, or {@code null} if none was typed
	 * for this very key
	 */
	@Nullable String typedValue(String key) {
		ConfigurationProperty property = get(ConfigurationPropertyName.adapt(key, '.'));
		return (property != null) ? this.environment.resolvePlaceholders(String.valueOf(property.getValue())) : null;
	}

	/**
	 * Return where a property was set, or the list it is an element of, or else the first
	 * property below it.
	 * @param key the full key of the property
	 * @return the file and line, the variable or the like, or {@code null} if nobody set
	 * it
	 */
	@Nullable String origin(String key) {
		ConfigurationProperty property = find(ConfigurationPropertyName.adapt(key, '.'));
		return (property != null) ? String.valueOf(property.getOrigin()) : null;
	}

	private @Nullable ConfigurationProperty find(ConfigurationPropertyName name) {
		ConfigurationProperty property = get(name);
		if (property == null && name.isLastElementIndexed()) {
			property = get(name.getParent());
		}
		return (property != null) ? property : findBelow(name);
	}

	private @Nullable ConfigurationProperty get(ConfigurationPropertyName name) {
		for (ConfigurationPropertySource source : sources()) {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			if (property != null) {
				return property;
			}
		}
		return null;
	}

	private @Nullable ConfigurationProperty findBelow(ConfigurationPropertyName name) {
		for (ConfigurationPropertySource source : sources()) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				for (ConfigurationPropertyName candidate : iterable) {
					if (name.isAncestorOf(candidate)) {
						return source.getConfigurationProperty(candidate);
					}
				}
			}
		}
		return null;
	}

	private Iterable<ConfigurationPropertySource> sources() {
		return ConfigurationPropertySources.from(this.environment.getPropertySources());
	}

}
