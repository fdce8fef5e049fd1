package io.github.websocketkeepalive.autoconfigure.drain;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

import io.github.websocketkeepalive.drain.DrainPolicy;

/**
 * What is different where an application is closed by its developer: there are no load
 * balancers that must notice, and no other instances that take its clients.
 */
final class Development {

	/**
	 * The class loader of an application that DevTools restarts.
	 */
	private static final String RESTARTED = "org.springframework.boot.devtools.restart.classloader.RestartClassLoader";

	/**
	 * The property source that tests of Spring and Spring Boot put into an environment.
	 */
	private static final String TESTED = "Inlined Test Properties";

	private Development() {
	}

	/**
	 * Return how the application is drained.
	 * @param configured what its properties and their defaults say
	 * @param context the application
	 * @return the same; without what was not set if DevTools or a test closes it
	 */
	static DrainPolicy policy(DrainPolicy configured, ApplicationContext context) {
		Environment environment = context.getEnvironment();
		if (!isRestarted(context.getClassLoader(), environment) && !isTested(environment)) {
			return configured;
		}
		return new DrainPolicy(isSet(environment, "grace") ? configured.grace() : Duration.ZERO,
				isSet(environment, "window") ? configured.window() : Duration.ZERO, configured.closeCode());
	}

	// DevTools that were packed by mistake also restart an application in its container.
	private static boolean isRestarted(@Nullable ClassLoader loader, Environment environment) {
		return loader != null && loader.getClass().getName().equals(RESTARTED)
				&& CloudPlatform.getActive(environment) == null;
	}

	private static boolean isTested(Environment environment) {
		return environment instanceof ConfigurableEnvironment configurable
				&& configurable.getPropertySources().contains(TESTED);
	}

	private static boolean isSet(Environment environment, String name) {
		return Binder.get(environment).bind("websocket-keepalive.drain." + name, String.class).isBound();
	}

}
