package io.github.websocketkeepalive.drain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.test.Listening;
import io.github.websocketkeepalive.test.StubConnection;

import static org.assertj.core.api.Assertions.assertThat;

class DrainRunTests {

	private static final DrainPolicy POLICY = new DrainPolicy(Duration.ofSeconds(5), Duration.ofSeconds(10), 4001);

	private static final double CHI_SQUARE_ONCE_IN_A_THOUSAND = 27.88;

	private static final long START = Long.MAX_VALUE - 1;

	private final ConnectionRegistry registry = new ConnectionRegistry(Listening.by(ConnectionListener.class));

	private final List<StubConnection> connections = new ArrayList<>();

	private long delays = 100;

	@Test
	void nobodyClosesDuringTheGrace() {
		DrainRun run = startWith(100);
		run.tick(at(0));
		run.tick(at(4999));
		assertThat(closed()).isZero();
		assertThat(run.ended()).isNotDone();
	}

	@Test
	void closesAreSpreadOverTheWindow() {
		DrainRun run = startWith(100);
		run.tick(at(5000));
		run.tick(at(10000));
		assertThat(closed()).isBetween(49L, 51L);
		run.tick(at(15000));
		assertThat(closed()).isEqualTo(100);
	}

	@Test
	void twoThousandClosesAreUniformByChiSquareOverTenSlots() {
		DrainRun run = startWith(2000);
		run.tick(at(5000));
		double chiSquare = 0;
		long before = closed();
		for (int slot = 1; slot <= 10; slot++) {
			for (int millis = 10; millis <= 1000; millis += 10) {
				run.tick(at(5000 + (slot - 1) * 1000 + millis));
			}
			double deviation = closed() - before - 200;
			chiSquare += deviation * deviation / 200;
			before = closed();
		}
		assertThat(chiSquare).isLessThan(CHI_SQUARE_ONCE_IN_A_THOUSAND);
	}

	@Test
	void eachIsToldTheCodeAndADelayOfItsOwn() {
		DrainRun run = startWith(3);
		run.tick(at(5000));
		run.tick(at(15000));
		assertThat(this.connections).extracting(StubConnection::closedAs)
			.containsExactlyInAnyOrder("drain 4001 reconnect-after=100", "drain 4001 reconnect-after=101",
					"drain 4001 reconnect-after=102");
	}

	@Test
	void whoOpensDuringTheWindowClosesAtItsEnd() {
		DrainRun run = startWith(1);
		run.tick(at(5000));
		StubConnection late = open("late");
		run.tick(at(15000));
		assertThat(late.closedAs()).isNull();
		run.tick(at(15010));
		assertThat(late.closedAs()).startsWith("drain 4001 reconnect-after=");
	}

	@Test
	void whoDoesNotAnswerIsResetAfterTheWindow() {
		DrainRun run = startWith(2);
		run.tick(at(5000));
		run.tick(at(15010));
		assertThat(run.ended()).isNotDone();
		leave(this.connections.get(0));
		run.tick(at(16000));
		assertThat(this.connections.get(0).closedAs()).startsWith("drain 4001");
		assertThat(this.connections.get(1).closedAs()).isEqualTo("reset by drain");
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whoHasAnsweredAndIsStillOpenIsResetAndNotCounted(CapturedOutput output) {
		DrainRun run = startWith(3);
		run.tick(at(5000));
		run.tick(at(15010));
		this.connections.get(0).answered();
		this.connections.get(1).answered();
		run.tick(at(16000));
		assertThat(this.connections).extracting(StubConnection::closedAs).containsOnly("reset by drain");
		this.connections.forEach(this::leave);
		run.tick(at(16010));
		assertThat(output).contains("Drained 3 WebSockets: 1 did not answer and were reset");
	}

	@Test
	void leftoversAreResetOnce() {
		DrainRun run = startWith(1);
		run.tick(at(5000));
		this.connections.get(0).answered();
		run.tick(at(16000));
		StubConnection late = open("late");
		run.tick(at(16010));
		assertThat(late.closedAs()).isNull();
	}

	@Test
	void endsWhenTheEventLoopsHaveReset() {
		DrainRun run = startWith(1);
		run.tick(at(5000));
		run.tick(at(16000));
		assertThat(run.ended()).isNotDone();
		leave(this.connections.get(0));
		run.tick(at(16010));
		assertThat(run.ended()).isDone();
	}

	@Test
	void doesNotWaitLongForAnEventLoopThatIsBlocked() {
		DrainRun run = startWith(1);
		run.tick(at(5000));
		run.tick(at(16000));
		run.tick(at(16499));
		assertThat(run.ended()).isNotDone();
		run.tick(at(16500));
		assertThat(run.ended()).isDone();
	}

	@Test
	void endsAsSoonAsEverybodyHasLeft() {
		DrainRun run = startWith(2);
		run.tick(at(100));
		this.connections.forEach(this::leave);
		run.tick(at(110));
		assertThat(run.ended()).isDone();
	}

	@Test
	void endsAtOnceIfThereIsNobody() {
		DrainRun run = startWith(0);
		run.tick(at(0));
		assertThat(run.ended()).isDone();
	}

	@Test
	void whoOpensAfterTheEndIsSentAwayAsWell() {
		DrainRun run = startWith(0);
		run.tick(at(0));
		StubConnection late = open("late");
		run.tick(at(1000));
		assertThat(late.closedAs()).startsWith("drain 4001 reconnect-after=");
	}

	@Test
	void tellsWhatIsLeftOfGraceWindowAndLastAnswers() {
		DrainRun run = startWith(1);
		assertThat(run.left(at(0))).hasSeconds(16);
		assertThat(run.left(at(6000))).hasSeconds(10);
		assertThat(run.left(at(20000))).isZero();
	}

	@Test
	void nothingIsLeftOnceItHasEnded() {
		DrainRun run = startWith(0);
		run.tick(at(0));
		assertThat(run.left(at(0))).isZero();
	}

	@Test
	void whatThisProcessOpenedItselfIsNoConcernOfItsDrain() {
		StubConnection client = open("client").role(Role.CLIENT);
		DrainRun run = new DrainRun(this.registry, POLICY, (clients) -> 0, START);
		run.tick(at(0));
		assertThat(run.ended()).isDone();
		assertThat(client.closedAs()).isNull();
	}

	private DrainRun startWith(int count) {
		for (int i = 0; i < count; i++) {
			this.connections.add(open("c" + i));
		}
		return new DrainRun(this.registry, POLICY, (clients) -> this.delays++, START);
	}

	private StubConnection open(String id) {
		StubConnection connection = StubConnection.withId(id);
		this.registry.opened(connection);
		return connection;
	}

	private void leave(StubConnection connection) {
		this.registry.closed(connection, CloseCause.DRAIN, 4001);
	}

	private long closed() {
		return this.connections.stream().filter((connection) -> connection.closedAs() != null).count();
	}

	// The clock overflows on the way, as System.nanoTime() may.
	private static long at(long millis) {
		return START + Duration.ofMillis(millis).toNanos();
	}

}
