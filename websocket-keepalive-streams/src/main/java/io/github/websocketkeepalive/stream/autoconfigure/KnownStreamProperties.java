package io.github.websocketkeepalive.stream.autoconfigure;

import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * Keeps the properties of streams from being refused as unknown where the other
 * properties below {@code websocket-keepalive} are bound: {@link StreamProperties} binds
 * them, and refuses those that it does not know.
 */
final class KnownStreamProperties implements ConfigurationPropertiesBindHandlerAdvisor {

	private static final ConfigurationPropertyName STREAM = ConfigurationPropertyName.of(StreamProperties.PREFIX);

	@Override
	public BindHandler apply(BindHandler handler) {
		return new AbstractBindHandler(handler) {

			@Override
			public void onFinish(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
					@Nullable Object result) throws Exception {
				try {
					super.onFinish(name, target, context, result);
				}
				catch (UnboundConfigurationPropertiesException ex) {
					if (!name.isParentOf(STREAM)) {
						throw ex;
					}
					refuseOthers(ex);
				}
			}

		};
	}

	private static void refuseOthers(UnboundConfigurationPropertiesException unbound) {
		Set<ConfigurationProperty> others = unbound.getUnboundProperties()
			.stream()
			.filter((property) -> !STREAM.isAncestorOf(property.getName()))
			.collect(Collectors.toSet());
		if (!others.isEmpty()) {
			throw new UnboundConfigurationPropertiesException(others);
		}
	}

}
