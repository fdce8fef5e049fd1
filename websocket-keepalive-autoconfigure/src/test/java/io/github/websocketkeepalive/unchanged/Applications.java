package io.github.websocketkeepalive.unchanged;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The same application once for each way in which it can meet the starter.
 */
final class Applications implements AutoCloseable {

	private final Map<Starter, ConfigurableApplicationContext> contexts = new EnumMap<>(Starter.class);

	private final Map<Starter, Seen> seen = new EnumMap<>(Starter.class);

	/**
	 * Start them one after the other, and ask each before the next one starts.
	 * @param application the configuration of the application
	 * @param settings makes the settings that all of them have
	 * @param questions asks an application
	 * @param output what the applications write to the log
	 * @return the applications
	 */
	static Applications start(Class<?> application, Settings settings, Questions questions, CapturedOutput output)
			throws IOException {
		Applications applications = new Applications();
		for (Starter starter : Starter.values()) {
			int before = output.getAll().length();
			SpringApplicationBuilder builder = new SpringApplicationBuilder(application)
				.web(WebApplicationType.REACTIVE)
				.properties(starter.property(), "spring.main.banner-mode=off",
						"spring.reactor.netty.shutdown-quiet-period=0s");
			settings.addTo(builder);
			ConfigurableApplicationContext context = builder.run();
			applications.contexts.put(starter, context);
			List<String> answers = questions.ask(context);
			applications.seen.put(starter, Seen.of(answers, context, output.getAll().substring(before)));
		}
		return applications;
	}

	static int port(ConfigurableApplicationContext context) {
		return ((WebServerApplicationContext) context).getWebServer().getPort();
	}

	ConfigurableApplicationContext context(Starter starter) {
		return this.contexts.get(starter);
	}

	Conversations peer(Starter starter) {
		return new Conversations(port(starter));
	}

	int port(Starter starter) {
		return port(context(starter));
	}

	Seen seen(Starter starter) {
		return this.seen.get(starter);
	}

	@Override
	public void close() {
		this.contexts.values().forEach(ConfigurableApplicationContext::close);
	}

	@FunctionalInterface
	interface Settings {

		void addTo(SpringApplicationBuilder builder);

	}

	@FunctionalInterface
	interface Questions {

		List<String> ask(ConfigurableApplicationContext context) throws IOException;

	}

}
