package io.github.websocketkeepalive.fault;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleConsumer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Peers that do not take their output.
 */
@Tag("slow")
@ExtendWith(LeakDetection.class)
class SlowConsumerTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Duration TIMEOUT = Duration.ofSeconds(1);

	private static final int OUTPUT = 4 * 1024 * 1024;

	private static final int RECEIVE_BUFFER = 16 * 1024;

	@ParameterizedTest
	@EnumSource
	void whoNeverReadsIsClosedAndItsOutputFreedWhileWhoReadsSlowlyGetsAllOfIt(Transport transport) throws IOException {
		try (TestServer server = start(transport);
				RawClient reader = RawClient.connect(server.port(), "/flood/reads", RECEIVE_BUFFER);
				RawClient sleeper = RawClient.connect(server.port(), "/flood/sleeps", RECEIVE_BUFFER)) {
			RecordingListener events = server.bean(RecordingListener.class);
			await().atMost(PATIENCE).until(() -> Flood.outputs.size() == 2);
			assertThat(reader.readSlowly(evenlyOver(TIMEOUT.multipliedBy(4)))).isEqualTo(OUTPUT);
			await().atMost(PATIENCE).until(() -> !events.closed("/flood/sleeps").isEmpty());
			RecordingListener.Closed end = events.closed("/flood/sleeps").get(0);
			assertThat(end.cause()).isEqualTo(CloseCause.SLOW_CONSUMER);
			assertThat(end.code()).isEqualTo(1013);
			assertThat(sleeper.socket().isClosed()).isFalse();
			await().atMost(PATIENCE)
				.untilAsserted(() -> assertThat(Flood.outputs.get("/flood/sleeps").refCnt()).isZero());
			assertThat(events.closed("/flood/reads")).isEmpty();
			reader.send(RawClient.frame(true, RawClient.PING, new byte[] { 7 }));
			assertThat(reader.read(RawClient.PONG).payload()).containsExactly(7);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whoWakesUpIsTold(Transport transport) throws IOException {
		try (TestServer server = start(transport);
				RawClient client = RawClient.connect(server.port(), "/flood/wakes", RECEIVE_BUFFER)) {
			await().atMost(PATIENCE)
				.until(() -> server.connections().stream().anyMatch(WebSocketConnection::isClosing));
			assertThat(client.read(RawClient.CLOSE).closeCode()).isEqualTo(1013);
		}
	}

	private static DoubleConsumer evenlyOver(Duration time) {
		long start = System.nanoTime();
		return (share) -> LockSupport.parkNanos(start + (long) (share * time.toNanos()) - System.nanoTime());
	}

	private static TestServer start(Transport transport) {
		Flood.outputs.clear();
		return TestServer.on(transport)
			.heartbeat("1h", "1h")
			.property("websocket-keepalive.event-loop.sweep", "50ms")
			.property("websocket-keepalive.heartbeat.close-timeout", TIMEOUT.multipliedBy(2))
			.property("websocket-keepalive.guard.max-pending-output", "256KB")
			.property("websocket-keepalive.guard.slow-consumer-timeout", TIMEOUT)
			.start(RecordingListener.class, Flood.class, SmallSendBuffer.class);
	}

	@WebSocketMapping("/flood/**")
	static class Flood implements WebSocketHandler {

		private static final Map<String, ByteBuf> outputs = new ConcurrentHashMap<>();

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			DataBuffer output = session.bufferFactory().wrap(new byte[OUTPUT]);
			outputs.put(session.getHandshakeInfo().getUri().getPath(), NettyDataBufferFactory.toByteBuf(output));
			return session.send(Mono.just(new WebSocketMessage(WebSocketMessage.Type.BINARY, output)))
				.and(session.receive());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SmallSendBuffer {

		@Bean
		NettyServerCustomizer smallSendBuffer() {
			return (server) -> server.childOption(ChannelOption.SO_SNDBUF, 8192);
		}

	}

}
