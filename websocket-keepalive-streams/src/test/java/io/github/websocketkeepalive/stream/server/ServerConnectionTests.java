package io.github.websocketkeepalive.stream.server;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.util.context.Context;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.peer.LogLimiter;
import io.github.websocketkeepalive.stream.StreamPolicy;
import io.github.websocketkeepalive.stream.codec.StreamCodecs;
import io.github.websocketkeepalive.stream.session.MemorySessionStore;
import io.github.websocketkeepalive.stream.session.StreamSessions;
import io.github.websocketkeepalive.test.Listening;

import static org.assertj.core.api.Assertions.assertThat;

class ServerConnectionTests {

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final AtomicInteger closes = new AtomicInteger();

	private final ServerConnection connection = new ServerConnection(this.channel, this.channel.eventLoop(),
			new ConnectionScope("id", new StreamCodecs(new JsonMapper()).find(null), this.channel.alloc(),
					new StreamPolicy(100, 1000, 4, 10, 1 << 22, 1 << 16), Listening.by(StreamListener.class),
					Context.empty(), new LogLimiter()),
			Map.of(), null,
			new ConnectionSession(new StreamSessions(new MemorySessionStore(Duration.ofMinutes(1))), null, null, "id"),
			this.closes::incrementAndGet);

	@AfterEach
	void finish() {
		this.channel.finishAndReleaseAll();
	}

	@Test
	void whoGivesItsSessionUpIsClosed() {
		this.connection.giveUpSession().subscribe();
		this.channel.runPendingTasks();
		assertThat(this.closes).hasValue(1);
	}

	@Test
	void whoHasClosedBeforeIsSentNoCloseFrame() {
		this.channel.close();
		this.connection.giveUpSession().subscribe();
		this.channel.runPendingTasks();
		assertThat(this.closes).hasValue(0);
	}

}
