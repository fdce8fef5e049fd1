package io.github.websocketkeepalive.probe.log4j2;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.DefaultConfiguration;
import org.apache.logging.log4j.core.config.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.logging.NoiseScope;

import static org.assertj.core.api.Assertions.assertThat;

class Log4j2NoiseFilterTests {

	private static final String NAME = "reactor.netty.transport.ServerTransport";

	private final LoggerContext context = new LoggerContext("test");

	private final List<LogEvent> events = new ArrayList<>();

	private final List<String> downgraded = new ArrayList<>();

	private final List<Runnable> withheld = new ArrayList<>();

	private final IOException failure = new IOException("Connection reset by peer");

	private @Nullable Log4j2NoiseFilter filter;

	@BeforeEach
	void install() {
		configure(Level.TRACE);
		this.filter = new Log4j2NoiseFilter(this.context);
	}

	@AfterEach
	void stop() {
		this.filter.close();
		this.context.stop();
	}

	@Test
	void noiseIsLoggedOnceWithItsMessageAndThrowableAtTheLevelOfTheScope() {
		inScope(org.slf4j.event.Level.DEBUG, () -> logger().error("{} lost", "x", this.failure));
		assertThat(this.events).singleElement().satisfies((event) -> {
			assertThat(event.getLevel()).isEqualTo(Level.DEBUG);
			assertThat(event.getLoggerName()).isEqualTo(NAME);
			assertThat(event.getMessage().getFormattedMessage()).isEqualTo("x lost");
			assertThat(event.getThrown()).isSameAs(this.failure);
		});
		assertThat(this.downgraded).containsExactly(NAME);
	}

	@Test
	void everythingElseKeepsItsLevel() {
		logger().error("lost", this.failure);
		inScope(org.slf4j.event.Level.DEBUG, () -> {
			logger().error("lost", new IOException("Connection reset by peer"));
			logger().info("lost", this.failure);
		});
		assertThat(this.events).extracting(LogEvent::getLevel).containsExactly(Level.ERROR, Level.ERROR, Level.INFO);
		assertThat(this.downgraded).isEmpty();
	}

	@Test
	void isNotLoggedButCountedWhereTheScopeHasNoLevel() {
		inScope(null, () -> logger().error("lost", this.failure));
		assertThat(this.events).isEmpty();
		assertThat(this.downgraded).hasSize(1);
	}

	@Test
	void followsTheLevelOfTheLoggerAsItChanges() {
		this.context.getConfiguration().getRootLogger().setLevel(Level.INFO);
		this.context.updateLoggers();
		inScope(org.slf4j.event.Level.DEBUG, () -> logger().error("lost", this.failure));
		assertThat(this.events).isEmpty();
		this.context.getConfiguration().getRootLogger().setLevel(Level.DEBUG);
		this.context.updateLoggers();
		inScope(org.slf4j.event.Level.DEBUG, () -> logger().error("lost", this.failure));
		assertThat(this.events).extracting(LogEvent::getLevel).containsExactly(Level.DEBUG);
	}

	@Test
	void isBackAfterAReset() {
		configure(Level.TRACE);
		logger().error("lost", this.failure);
		inScope(org.slf4j.event.Level.DEBUG, () -> logger().error("lost", this.failure));
		assertThat(this.events).extracting(LogEvent::getLevel).containsExactly(Level.ERROR, Level.DEBUG);
	}

	@Test
	void severalInOneContextCountALineOnceAndOutliveEachOther() {
		Log4j2NoiseFilter second = new Log4j2NoiseFilter(this.context);
		inScope(org.slf4j.event.Level.DEBUG, () -> logger().error("lost", this.failure));
		assertThat(this.downgraded).hasSize(1);
		second.close();
		inScope(org.slf4j.event.Level.DEBUG, () -> logger().error("lost", this.failure));
		assertThat(this.downgraded).hasSize(2);
		assertThat(this.events).extracting(LogEvent::getLevel).containsOnly(Level.DEBUG);
	}

	@Test
	void isGoneForGoodOnceClosed() {
		this.filter.close();
		inScope(org.slf4j.event.Level.DEBUG, () -> logger().error("lost", this.failure));
		assertThat(this.events).extracting(LogEvent::getLevel).containsExactly(Level.ERROR);
	}

	@Test
	void aWithheldLineIsLoggedAtItsOwnLevelAfterAll() {
		inScope(org.slf4j.event.Level.DEBUG, () -> logger().warn("lost", this.failure));
		this.withheld.forEach(Runnable::run);
		assertThat(this.events).extracting(LogEvent::getLevel).containsExactly(Level.DEBUG, Level.WARN);
	}

	private Logger logger() {
		return this.context.getLogger(NAME);
	}

	private void configure(Level level) {
		DefaultConfiguration configuration = new DefaultConfiguration();
		AbstractAppender appender = new AbstractAppender("list", null, null, false, Property.EMPTY_ARRAY) {

			@Override
			public void append(LogEvent event) {
				Log4j2NoiseFilterTests.this.events.add(event.toImmutable());
			}

		};
		appender.start();
		this.context.start(configuration);
		configuration.getRootLogger().getAppenders().keySet().forEach(configuration.getRootLogger()::removeAppender);
		configuration.getRootLogger().addAppender(appender, null, null);
		configuration.getRootLogger().setLevel(level);
		this.context.updateLoggers();
	}

	private void inScope(org.slf4j.event.@Nullable Level level, Runnable action) {
		NoiseScope.Policy policy = new NoiseScope.Policy(level, this.downgraded::add);
		try (NoiseScope scope = NoiseScope.enter(policy, () -> true, this.failure, this.withheld::add)) {
			action.run();
		}
	}

}
