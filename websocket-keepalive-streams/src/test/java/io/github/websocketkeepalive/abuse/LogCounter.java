package io.github.websocketkeepalive.abuse;

import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/**
 * Counts what is logged, and the bytes that it would have in a file. Prints the first
 * records of each kind, so that one can see what they were.
 */
final class LogCounter extends AppenderBase<ILoggingEvent> {

	private static final Pattern TERMINAL = Pattern.compile("[\r\u001b\u009b\u202e]");

	private static final int PRINTED = 40;

	private final AtomicLong lines = new AtomicLong();

	private final AtomicLong bytes = new AtomicLong();

	private final AtomicLong forged = new AtomicLong();

	static LogCounter install() {
		Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
		LogCounter counter = new LogCounter();
		counter.setContext(root.getLoggerContext());
		counter.start();
		root.addAppender(counter);
		return counter;
	}

	@Override
	protected void append(ILoggingEvent event) {
		String text = event.getFormattedMessage();
		if (event.getThrowableProxy() != null) {
			text += "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy());
		}
		if (TERMINAL.matcher(text).find()) {
			this.forged.incrementAndGet();
		}
		if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
			this.bytes.addAndGet(text.length());
			if (this.lines.incrementAndGet() % 1000 <= PRINTED) {
				System.out.println("log: " + event.getLoggerName() + " " + text.lines().findFirst().orElse(""));
			}
		}
	}

	long lines() {
		return this.lines.get();
	}

	long bytes() {
		return this.bytes.get();
	}

	long forged() {
		return this.forged.get();
	}

}
