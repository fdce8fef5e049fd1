package io.github.websocketkeepalive.heartbeat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.StringUtils;

import io.github.websocketkeepalive.connection.ConnectionDetails;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.eventloop.EventLoopMonitor;
import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.liveness.LivenessTracker;
import io.github.websocketkeepalive.liveness.PingMode;
import io.github.websocketkeepalive.test.Listening;
import io.github.websocketkeepalive.transport.ConnectionTap;
import io.github.websocketkeepalive.transport.WireMeter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link LoopHeartbeats}, on a clock that the tests advance.
 */
@ExtendWith(OutputCaptureExtension.class)
class LoopHeartbeatsTests {

	private static final LivenessPolicy POLICY = LivenessPolicy.of(PingMode.ALWAYS, Duration.ofSeconds(1),
			Duration.ofMillis(500), Duration.ofMillis(500), Duration.ofMinutes(5));

	private static final String MASS_SUSPICION = "fell silent at once";

	private final EmbeddedChannel leader = new EmbeddedChannel();

	private final EventLoopMonitors monitors = new EventLoopMonitors(Duration.ofMillis(100));

	private final RecordingListener listener = new RecordingListener();

	private final List<EmbeddedChannel> channels = new ArrayList<>();

	private LoopHeartbeats loop;

	private Runnable onPing = () -> {
	};

	@BeforeEach
	void start() {
		this.leader.freezeTime();
		EventLoopMonitor monitor = this.monitors.monitor(this.leader.eventLoop());
		ConnectionListener pings = new ConnectionListener() {

			@Override
			public void onPing(WebSocketConnection connection, int sequence) {
				LoopHeartbeatsTests.this.onPing.run();
			}

		};
		this.loop = new LoopHeartbeats(monitor,
				new ConnectionRegistry(Listening.by(ConnectionListener.class, this.listener, pings)),
				Heartbeats.Options.of(0), new TwoHeartbeatsDetector());
		monitor.add(this.loop);
	}

	@AfterEach
	void stop() {
		this.channels.forEach(EmbeddedChannel::finishAndReleaseAll);
		this.monitors.close();
		this.leader.close();
	}

	@Test
	void everyConnectionIsPingedOnceAfterManyCameAndWent() {
		SplittableRandom random = new SplittableRandom(1);
		List<EmbeddedChannel> gone = new ArrayList<>();
		for (int i = 0; i < 2000; i++) {
			if (random.nextInt(5) < 3 || this.channels.isEmpty()) {
				open();
			}
			else {
				EmbeddedChannel channel = this.channels.remove(random.nextInt(this.channels.size()));
				channel.close();
				gone.add(channel);
			}
		}
		advance(Duration.ofMillis(600));
		assertThat(this.channels).hasSizeGreaterThan(200).allMatch((channel) -> channel.outboundMessages().size() == 1);
		assertThat(gone).hasSizeGreaterThan(200).allMatch((channel) -> channel.outboundMessages().isEmpty());
	}

	@Test
	void whoAnswersLivesAndWhoIsSilentDiesAfterManyCameAndWent() {
		SplittableRandom random = new SplittableRandom(2);
		for (int i = 0; i < 500; i++) {
			open();
			if (this.channels.size() > 40) {
				this.channels.remove(random.nextInt(40)).close();
			}
		}
		advance(Duration.ofMillis(600));
		List<EmbeddedChannel> answering = new ArrayList<>();
		for (EmbeddedChannel channel : this.channels) {
			if (random.nextBoolean()) {
				answer(channel);
				answering.add(channel);
			}
		}
		advance(Duration.ofMillis(700));
		assertThat(this.channels).hasSize(40);
		assertThat(answering).hasSizeBetween(5, 35);
		assertThat(this.channels).filteredOn(EmbeddedChannel::isActive).containsExactlyElementsOf(answering);
	}

	@Test
	void aSweepGoesOnWhenConnectionsEndByIt(CapturedOutput output) {
		openMany(100);
		this.onPing = () -> {
			for (EmbeddedChannel channel : this.channels.subList(1, 100)) {
				if (channel.pipeline().get(HeartbeatHandler.NAME) != null) {
					channel.pipeline().remove(HeartbeatHandler.NAME);
				}
			}
		};
		advance(Duration.ofMillis(600));
		assertThat(this.channels.get(0).outboundMessages()).hasSize(1);
		assertThat(this.listener.events()).filteredOn("ping 1"::equals).hasSize(2);
		assertThat(output).doesNotContain("A sweep of");
	}

	@Test
	void aHeartbeatThatFailsKeepsNoOtherFromItsTurn(CapturedOutput output) {
		openMany(3);
		EmbeddedChannel broken = this.channels.get(2);
		broken.config().setAllocator(mock(ByteBufAllocator.class, (invocation) -> {
			throw new NoClassDefFoundError("broken");
		}));
		advance(Duration.ofMillis(600));
		assertThat(this.channels.subList(0, 2)).allMatch((channel) -> channel.outboundMessages().size() == 1);
		assertThat(output).containsOnlyOnce("A sweep of a heartbeat has failed");
	}

	@ParameterizedTest
	@CsvSource({ "49, 0", "60, 60", "60, 90" })
	void whenFewFallSilentTheyDieAtOnce(int silent, int answering, CapturedOutput output) {
		openMany(silent + answering);
		advance(Duration.ofMillis(600));
		this.channels.subList(0, answering).forEach(this::answer);
		advance(Duration.ofMillis(700));
		assertThat(this.channels).filteredOn(EmbeddedChannel::isActive).hasSize(answering);
		assertThat(this.listener.events()).doesNotContain("held mass-suspicion");
		assertThat(output).doesNotContain(MASS_SUSPICION);
	}

	@ParameterizedTest
	@CsvSource({ "50, 0", "61, 60" })
	void whenMostFallSilentAtOnceTheyAreHeldForOneIntervalAndThenDie(int silent, int answering, CapturedOutput output) {
		openMany(silent + answering);
		advance(Duration.ofMillis(600));
		this.channels.subList(0, answering).forEach(this::answer);
		advance(Duration.ofMillis(700));
		assertThat(this.channels).allMatch(EmbeddedChannel::isActive);
		assertThat(this.listener.events()).filteredOn("held mass-suspicion"::equals).hasSize(silent);
		this.channels.subList(0, answering).forEach(this::answer);
		advance(Duration.ofMillis(600));
		this.channels.subList(0, answering).forEach(this::answer);
		advance(Duration.ofMillis(700));
		assertThat(this.channels).filteredOn(EmbeddedChannel::isActive)
			.containsExactlyElementsOf(this.channels.subList(0, answering));
		assertThat(this.listener.events()).filteredOn("held mass-suspicion"::equals).hasSize(silent);
		assertThat(this.listener.events()).filteredOn("closed ping-timeout 1011"::equals).hasSize(silent);
		assertThat(StringUtils.countOccurrencesOf(output.toString(), MASS_SUSPICION)).isEqualTo(1);
		assertThat(output).contains(silent + " of " + (silent + answering) + " connections");
	}

	@Test
	void whoComesBackFromMassSuspicionLives() {
		openMany(60);
		advance(Duration.ofMillis(1300));
		assertThat(this.channels).allMatch(EmbeddedChannel::isActive);
		this.channels.forEach(this::answer);
		advance(Duration.ofMillis(600));
		this.channels.forEach(this::answer);
		advance(Duration.ofMillis(900));
		assertThat(this.channels).allMatch(EmbeddedChannel::isActive);
	}

	private void openMany(int count) {
		for (int i = 0; i < count; i++) {
			open();
		}
	}

	private void open() {
		EmbeddedChannel channel = new EmbeddedChannel(DefaultChannelId.newInstance(),
				new ChannelInboundHandlerAdapter());
		ConnectionDetails details = new ConnectionDetails(Role.SERVER, "/ws", "/ws", null, null, null);
		LivenessTracker tracker = new LivenessTracker(POLICY, this.loop.now(), 0);
		Heartbeat heartbeat = new Heartbeat(details, tracker, WireMeter.of(channel), this.loop);
		channel.pipeline().addAfter(ConnectionTap.NAME, HeartbeatHandler.NAME, new HeartbeatHandler(heartbeat));
		this.channels.add(channel);
	}

	private void answer(EmbeddedChannel channel) {
		PingWebSocketFrame ping = channel.readOutbound();
		if (ping != null) {
			channel.writeInbound(new PongWebSocketFrame(ping.content()));
		}
	}

	private void advance(Duration duration) {
		for (long millis = 0; millis < duration.toMillis(); millis += 10) {
			this.leader.advanceTimeBy(10, TimeUnit.MILLISECONDS);
			this.leader.runPendingTasks();
		}
	}

}
