package io.github.websocketkeepalive.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.admission.AdmissionLimits;
import io.github.websocketkeepalive.admission.AdmissionListener;
import io.github.websocketkeepalive.admission.OpenFiles;
import io.github.websocketkeepalive.admission.RetryPacing;
import io.github.websocketkeepalive.test.Listening;

import static org.assertj.core.api.Assertions.assertThat;

class HandshakeDeadlineTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private final List<String> refusals = new ArrayList<>();

	private final AdmissionGate gate = new AdmissionGate(
			new AdmissionLimits(null, null, null, null, TIMEOUT, List.of(), List.of(), 1), new OpenFiles(),
			new RetryPacing(TIMEOUT, 0),
			Listening.by(AdmissionListener.class, (reason, remoteAddress) -> this.refusals.add(reason)));

	private final EmbeddedChannel channel = new EmbeddedChannel();

	HandshakeDeadlineTests() {
		this.channel.freezeTime();
		this.channel.pipeline().addLast(HandshakeDeadline.NAME, new HandshakeDeadline(TIMEOUT, this.gate));
	}

	@Test
	void aConnectionWithoutARequestIsClosedAndCounted() {
		pass(TIMEOUT.minusNanos(1));
		assertThat(this.channel.isOpen()).isTrue();
		pass(Duration.ofNanos(1));
		assertThat(this.channel.isOpen()).isFalse();
		assertThat(this.refusals).containsExactly("handshake-timeout");
	}

	@Test
	void bytesThatAreNoRequestDoNotHelp() {
		pass(TIMEOUT.minusNanos(1));
		this.channel.writeInbound("GET");
		pass(Duration.ofNanos(1));
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void aRequestEndsItAndNothingStays() {
		HandshakeDeadline.met(this.channel);
		HandshakeDeadline.met(this.channel);
		pass(TIMEOUT.multipliedBy(2));
		assertThat(this.channel.isOpen()).isTrue();
		assertThat(this.channel.pipeline().get(HandshakeDeadline.NAME)).isNull();
		assertThat(this.channel.hasPendingTasks()).isFalse();
	}

	@Test
	void aConnectionThatHasGoneIsNotCounted() {
		this.channel.close();
		pass(TIMEOUT);
		assertThat(this.refusals).isEmpty();
	}

	private void pass(Duration time) {
		this.channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
		this.channel.runScheduledPendingTasks();
	}

}
