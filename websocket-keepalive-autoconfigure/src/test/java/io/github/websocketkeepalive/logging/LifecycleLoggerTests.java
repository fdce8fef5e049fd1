package io.github.websocketkeepalive.logging;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.liveness.HoldReason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link LifecycleLogger}.
 */
class LifecycleLoggerTests {

	private final Logger logger = (Logger) LoggerFactory.getLogger(LifecycleLogger.class);

	private final ListAppender<ILoggingEvent> lines = new ListAppender<>() {

		@Override
		protected void append(ILoggingEvent event) {
			event.prepareForDeferredProcessing();
			super.append(event);
		}

	};

	private final WebSocketConnection connection = mock(WebSocketConnection.class);

	@BeforeEach
	void start() {
		this.lines.start();
		this.logger.addAppender(this.lines);
		this.logger.setLevel(Level.INFO);
		given(this.connection.getId()).willReturn("0123456789ab");
		given(this.connection.getRole()).willReturn(Role.SERVER);
		given(this.connection.getEndpoint()).willReturn("/ws/{name}");
		given(this.connection.getRemoteAddress()).willReturn(InetSocketAddress.createUnresolved("client", 4711));
		given(this.connection.getTransport()).willReturn("epoll");
		given(this.connection.getOpenedAt()).willReturn(Instant.now().minusSeconds(3600));
		given(this.connection.getSinceLastReceived()).willReturn(Duration.ofMillis(2345));
		given(this.connection.getRtt()).willReturn(Duration.ofNanos(1_234_567));
		given(this.connection.getBytesReceived()).willReturn(100L);
		given(this.connection.getBytesSent()).willReturn(200L);
	}

	@AfterEach
	void stop() {
		this.logger.detachAppender(this.lines);
		this.logger.setLevel(null);
	}

	@Test
	void writesALineWhenAConnectionOpens() {
		logger(org.slf4j.event.Level.INFO).onOpened(this.connection);
		assertThat(line()).isEqualTo(
				"[0123456789ab] opened: role=server endpoint=/ws/{name} " + "remote=client:4711 transport=epoll");
	}

	@Test
	void writesALineWhenAConnectionHasClosed() {
		logger(org.slf4j.event.Level.INFO).onClosed(this.connection, CloseCause.PING_TIMEOUT, 1011);
		assertThat(line()).matches("\\[0123456789ab] closed: role=server endpoint=/ws/\\{name} cause=ping-timeout "
				+ "code=1011 age=36\\d\\d\\.\\ds lastByteAgo=2\\.3s rtt=1\\.2ms received=100B sent=200B");
	}

	@Test
	void writesADashForARoundTripTimeThatIsNotKnown() {
		given(this.connection.getRtt()).willReturn(null);
		logger(org.slf4j.event.Level.INFO).onClosed(this.connection, CloseCause.EOF, 1006);
		assertThat(line()).contains("cause=eof code=1006").contains(" rtt=- ");
	}

	@ParameterizedTest
	@EnumSource(names = { "ERROR", "WARN", "INFO" })
	void writesAtTheLevelThatIsAskedFor(org.slf4j.event.Level level) {
		logger(level).onOpened(this.connection);
		assertThat(this.lines.list).extracting(ILoggingEvent::getLevel)
			.containsExactly(Level.convertAnSLF4JLevel(level));
	}

	@Test
	void writesNothingBelowTheLevelOfItsLogger() {
		LifecycleLogger logger = logger(org.slf4j.event.Level.DEBUG);
		logger.onOpened(this.connection);
		logger.onClosed(this.connection, CloseCause.EOF, 1006);
		assertThat(this.lines.list).isEmpty();
	}

	@Test
	void writesNothingWithoutALevel() {
		LifecycleLogger logger = logger(null);
		logger.onOpened(this.connection);
		logger.onClosed(this.connection, CloseCause.EOF, 1006);
		assertThat(this.lines.list).isEmpty();
	}

	@Test
	void writesPingsPongsAndHoldsAtDebugOnly() {
		LifecycleLogger logger = logger(null);
		tellOfPings(logger);
		assertThat(this.lines.list).isEmpty();
		this.logger.setLevel(Level.DEBUG);
		tellOfPings(logger);
		assertThat(this.lines.list).allMatch((line) -> line.getLevel() == Level.DEBUG)
			.extracting(ILoggingEvent::getFormattedMessage)
			.containsExactly("[0123456789ab] ping 7: role=server endpoint=/ws/{name}",
					"[0123456789ab] pong 7: role=server endpoint=/ws/{name} rtt=2.0ms",
					"[0123456789ab] pong 6: role=server endpoint=/ws/{name} rtt=-",
					"[0123456789ab] held: role=server endpoint=/ws/{name} reason=backpressure");
	}

	@Test
	void namesTheClientOfAConnectionThatItOpened() {
		given(this.connection.getRole()).willReturn(Role.CLIENT);
		given(this.connection.getClientName()).willReturn("prices");
		this.logger.setLevel(Level.DEBUG);
		logger(null).onPing(this.connection, 7);
		assertThat(line()).isEqualTo("[0123456789ab] ping 7: role=client client=prices endpoint=/ws/{name}");
	}

	@Test
	void whatALineTellsIsInItsFields() {
		given(this.connection.getRole()).willReturn(Role.CLIENT);
		given(this.connection.getClientName()).willReturn("prices");
		logger(org.slf4j.event.Level.INFO).onClosed(this.connection, CloseCause.PING_TIMEOUT, 1011);
		assertThat(fields()).containsEntry("websocket_event", "closed")
			.containsEntry("websocket_role", "client")
			.containsEntry("websocket_client", "prices")
			.containsEntry("websocket_endpoint", "/ws/{name}")
			.containsEntry("websocket_cause", "ping-timeout")
			.containsEntry("websocket_code", 1011)
			.containsEntry("websocket_last_received_millis_ago", 2345L)
			.containsEntry("websocket_rtt_millis", 1.234)
			.containsEntry("websocket_bytes_received", 100L)
			.containsEntry("websocket_bytes_sent", 200L)
			.containsKey("websocket_age_millis");
	}

	@Test
	void whatIsNotKnownIsNoField() {
		given(this.connection.getRtt()).willReturn(null);
		logger(org.slf4j.event.Level.INFO).onClosed(this.connection, CloseCause.EOF, 1006);
		assertThat(fields()).doesNotContainKeys("websocket_rtt_millis", "websocket_client");
	}

	@Test
	void theReasonOfAHoldIsAField() {
		this.logger.setLevel(Level.DEBUG);
		logger(null).onHeld(this.connection, HoldReason.BACKPRESSURE);
		assertThat(fields()).containsEntry("websocket_event", "held")
			.containsEntry("websocket_held_by", "backpressure");
	}

	@Test
	void everyLineCarriesTheIdInMdc() {
		this.logger.setLevel(Level.DEBUG);
		LifecycleLogger logger = logger(org.slf4j.event.Level.INFO);
		logger.onOpened(this.connection);
		tellOfPings(logger);
		logger.onClosed(this.connection, CloseCause.EOF, 1006);
		assertThat(this.lines.list).hasSize(6)
			.allSatisfy((line) -> assertThat(line.getMDCPropertyMap()).containsEntry("websocket", "0123456789ab"));
		assertThat(MDC.get("websocket")).isNull();
	}

	private void tellOfPings(LifecycleLogger logger) {
		logger.onPing(this.connection, 7);
		logger.onPong(this.connection, 7, 2_000_000);
		logger.onPong(this.connection, 6, -1);
		logger.onHeld(this.connection, HoldReason.BACKPRESSURE);
	}

	private static LifecycleLogger logger(org.slf4j.event.Level level) {
		return new LifecycleLogger(level, MdcScope.of("websocket"));
	}

	private Map<String, Object> fields() {
		assertThat(this.lines.list).hasSize(1);
		return this.lines.list.get(0)
			.getKeyValuePairs()
			.stream()
			.collect(Collectors.toMap((pair) -> pair.key, (pair) -> pair.value));
	}

	private String line() {
		assertThat(this.lines.list).hasSize(1);
		return this.lines.list.get(0).getFormattedMessage();
	}

}
