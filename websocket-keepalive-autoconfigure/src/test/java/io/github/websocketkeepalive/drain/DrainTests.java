package io.github.websocketkeepalive.drain;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.InOrder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpHeaders;

import io.github.websocketkeepalive.admission.AdmissionDecision;
import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.admission.AdmissionLimits;
import io.github.websocketkeepalive.admission.AdmissionListener;
import io.github.websocketkeepalive.admission.AdmissionRequest;
import io.github.websocketkeepalive.admission.OpenFiles;
import io.github.websocketkeepalive.admission.RetryPacing;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.listener.CallbackFailures;
import io.github.websocketkeepalive.test.Listening;
import io.github.websocketkeepalive.test.StubConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

class DrainTests {

	private final ConnectionRegistry registry = new ConnectionRegistry(Listening.by(ConnectionListener.class));

	private final TrafficSwitch traffic = mock(TrafficSwitch.class);

	private final AdmissionGate gate = new AdmissionGate(
			new AdmissionLimits(null, null, null, null, Duration.ofSeconds(5), List.of(), List.of(), 1),
			new OpenFiles(), new RetryPacing(Duration.ofSeconds(5), 0), Listening.by(AdmissionListener.class));

	private final Drain drain = new Drain(this.registry,
			new DrainPolicy(Duration.ofHours(1), Duration.ofMinutes(1), 1012), (clients) -> 0, this.gate, this.traffic,
			new CallbackFailures());

	private final AtomicInteger ended = new AtomicInteger();

	@AfterEach
	void stop() {
		this.drain.close();
	}

	@Test
	void tellsAtOnceWhatItHasStarted() {
		this.registry.opened(StubConnection.withId("a"));
		assertThat(this.drain.start()).isEqualTo(new DrainStatus(true, 1, Duration.ofHours(1), Duration.ofMinutes(1)));
		assertThat(this.drain.isDraining()).isTrue();
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void itsLogHasDurationsAsTheyAreConfigured(CapturedOutput output) {
		this.registry.opened(StubConnection.withId("a"));
		this.drain.start();
		assertThat(output).contains("open ones close over 1m after 1h");
	}

	@Test
	void nobodyIsLetInWhateverLoadBalancersAreTold() {
		willThrow(new IllegalStateException("deliberate")).given(this.traffic).refuse();
		willThrow(new IllegalStateException("deliberate")).given(this.traffic).accept();
		this.drain.start(this.ended::incrementAndGet);
		assertThat(isLetIn()).isFalse();
		await().until(() -> this.ended.get() == 1);
		this.drain.resume();
		assertThat(isLetIn()).isTrue();
	}

	@Test
	void isStartedOnce() {
		this.registry.opened(StubConnection.withId("a"));
		this.drain.start();
		assertThat(this.drain.start().started()).isFalse();
		verify(this.traffic, times(1)).refuse();
	}

	@Test
	void withoutConnectionsItEndsAtOnceAndGoesOnRefusing() {
		this.drain.start(this.ended::incrementAndGet);
		await().until(() -> this.ended.get() == 1);
		assertThat(this.drain.isDraining()).isTrue();
	}

	@Test
	void whoAsksAfterTheEndIsToldAtOnce() {
		this.drain.start(this.ended::incrementAndGet);
		await().until(() -> this.ended.get() == 1);
		this.drain.start(this.ended::incrementAndGet);
		assertThat(this.ended).hasValue(2);
	}

	@Test
	void isTakenBack() {
		this.registry.opened(StubConnection.withId("a"));
		this.drain.start(this.ended::incrementAndGet);
		assertThat(this.drain.resume()).isTrue();
		assertThat(this.drain.isDraining()).isFalse();
		assertThat(this.ended).hasValue(1);
		InOrder order = inOrder(this.traffic);
		order.verify(this.traffic).refuse();
		order.verify(this.traffic).accept();
	}

	@Test
	void whatWasNotStartedIsNotTakenBack() {
		assertThat(this.drain.resume()).isFalse();
		verify(this.traffic, times(0)).accept();
	}

	@Test
	void canBeStartedAgain() {
		this.registry.opened(StubConnection.withId("a"));
		this.drain.start();
		this.drain.resume();
		assertThat(this.drain.start().started()).isTrue();
	}

	private boolean isLetIn() {
		AdmissionRequest request = new AdmissionRequest("/", "http://localhost", new HttpHeaders(), null, null);
		return this.gate.enter(() -> request).decision().equals(AdmissionDecision.admit());
	}

}
