package io.github.websocketkeepalive.probe.logback;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.CorruptedFrameException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.logging.NoiseScope;

import static org.assertj.core.api.Assertions.assertThat;

class LogbackNoiseFilterTests {

	private static final String FRAMEWORK = "reactor.netty.transport.ServerTransport";

	private final IOException reset = new IOException("Connection reset by peer");

	private final List<String> downgraded = new ArrayList<>();

	private final LoggerContext context = new LoggerContext();

	private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

	@BeforeEach
	void append() {
		this.appender.start();
		this.context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(this.appender);
	}

	@Test
	void downgradesWhatPassesAndKeepsMessageAndThrowable() {
		try (LogbackNoiseFilter filter = new LogbackNoiseFilter(this.context)) {
			logInScope(FRAMEWORK, this.reset);
		}
		assertThat(this.appender.list).singleElement().satisfies((event) -> {
			assertThat(event.getLevel()).isEqualTo(Level.DEBUG);
			assertThat(event.getLoggerName()).isEqualTo(FRAMEWORK);
			assertThat(event.getFormattedMessage()).isEqualTo("gone 1");
			assertThat(event.getThrowableProxy().getMessage()).isEqualTo("Connection reset by peer");
		});
		assertThat(this.downgraded).containsExactly(FRAMEWORK);
	}

	@Test
	void leavesTheApplicationAndOtherExceptionsAlone() {
		try (LogbackNoiseFilter filter = new LogbackNoiseFilter(this.context)) {
			logInScope("app.Handler", this.reset);
			logInScope(FRAMEWORK, new IOException("Connection reset by peer"));
			logInScope("reactor.netty.http.client.HttpClientConnect", this.reset);
			this.context.getLogger(FRAMEWORK).error("outside", this.reset);
		}
		assertThat(this.appender.list).hasSize(4).allMatch((event) -> event.getLevel() == Level.ERROR);
		assertThat(this.downgraded).isEmpty();
	}

	@Test
	void theFiltersOfTwoApplicationsLogTheFirstOfAKindOnce() {
		EmbeddedChannel channel = new EmbeddedChannel();
		NoiseScope.apply(channel, new NoiseScope.Policy(null, this.downgraded::add));
		try (LogbackNoiseFilter first = new LogbackNoiseFilter(this.context);
				LogbackNoiseFilter second = new LogbackNoiseFilter(this.context);
				NoiseScope scope = NoiseScope.enterLimited(channel)) {
			this.context.getLogger(FRAMEWORK).error("bad", new CorruptedFrameException("bad"));
			this.context.getLogger(FRAMEWORK).error("bad", new CorruptedFrameException("bad"));
		}
		assertThat(this.appender.list).singleElement()
			.satisfies((event) -> assertThat(event.getLevel()).isEqualTo(Level.ERROR));
		assertThat(this.downgraded).hasSize(1);
	}

	@Test
	void survivesThatTheLogIsSetUpAnew() {
		try (LogbackNoiseFilter filter = new LogbackNoiseFilter(this.context)) {
			this.context.stop();
			this.context.reset();
			append();
			logInScope(FRAMEWORK, this.reset);
		}
		assertThat(this.appender.list).singleElement()
			.satisfies((event) -> assertThat(event.getLevel()).isEqualTo(Level.DEBUG));
	}

	@Test
	void leavesWithItsOwnApplicationOnly() {
		try (LogbackNoiseFilter remaining = new LogbackNoiseFilter(this.context)) {
			new LogbackNoiseFilter(this.context).close();
			logInScope(FRAMEWORK, this.reset);
			assertThat(this.downgraded).hasSize(1);
		}
		logInScope(FRAMEWORK, this.reset);
		assertThat(this.downgraded).hasSize(1);
		assertThat(this.context.getTurboFilterList()).isEmpty();
	}

	@Test
	void obeysTheLevelOfTheLogger() {
		try (LogbackNoiseFilter filter = new LogbackNoiseFilter(this.context)) {
			this.context.getLogger(FRAMEWORK).setLevel(Level.INFO);
			logInScope(FRAMEWORK, this.reset);
			assertThat(this.appender.list).isEmpty();
			this.context.getLogger(FRAMEWORK).setLevel(Level.DEBUG);
			logInScope(FRAMEWORK, this.reset);
			assertThat(this.appender.list).hasSize(1);
		}
	}

	private void logInScope(String name, IOException failure) {
		NoiseScope.Policy policy = new NoiseScope.Policy(org.slf4j.event.Level.DEBUG, this.downgraded::add);
		Logger logger = this.context.getLogger(name);
		try (NoiseScope scope = NoiseScope.enter(policy, () -> true, this.reset)) {
			logger.error("gone {}", 1, failure);
		}
	}

}
