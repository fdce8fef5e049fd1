package io.github.websocketkeepalive.contract;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Configuration;

import io.github.websocketkeepalive.drain.Drain;
import io.github.websocketkeepalive.drain.DrainStatus;

/**
 * An application that tells how it is drained. With DevTools its main method is run again
 * on a thread and with a class loader of theirs.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class RestartedApplication {

	static final String REPORT = "drain: ";

	/**
	 * Run it.
	 * @param arguments its properties
	 */
	public static void main(String[] arguments) {
		DrainStatus status = new SpringApplicationBuilder(RestartedApplication.class).web(WebApplicationType.REACTIVE)
			.run(arguments)
			.getBean(Drain.class)
			.start();
		System.out.println(REPORT + Thread.currentThread().getName() + " " + status.grace() + " " + status.window());
		System.exit(0);
	}

}
