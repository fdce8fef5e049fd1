package io.github.websocketkeepalive.abuse;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.test.ForkedServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server with little memory and its bystanders, which suffer one case after the other.
 * They are replaced when one was too much for them.
 */
final class Arena implements AutoCloseable {

	private static final int ATTACKERS = 50;

	private static final int BYSTANDERS = 50;

	private static final Duration IDLE = Duration.ofMillis(700);

	private static final Duration ATTACK = Duration.ofSeconds(3);

	private static final Duration RECOVERY = Duration.ofSeconds(30);

	/**
	 * NIO does not see that a peer has gone of which nothing is read. The next ping makes
	 * its host reset the connection, and the one after that fails.
	 */
	private static final Duration TWO_PINGS = Duration.ofSeconds(2 * 20 + 20);

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	/**
	 * How often a case is repeated that was too slow, and nothing else: the machine may
	 * have been busy.
	 */
	private static final int REPETITIONS = 1;

	/**
	 * Code that was compiled, pools that are kept, garbage of the bystanders, and the
	 * sessions of those who have left, which take up to a sixteenth of the heap.
	 */
	private static final long HEAP_TOLERANCE = 16 * 1024 * 1024;

	private static final long DIRECT_TOLERANCE = 24 * 1024 * 1024;

	private final Transport transport;

	private ForkedServer server;

	private Bystanders bystanders;

	private ServerReport quiet;

	private boolean spent;

	private Duration busy = Duration.ZERO;

	Arena(Transport transport) throws IOException, InterruptedException {
		this.transport = transport;
		start();
	}

	private void start() throws IOException, InterruptedException {
		this.server = ForkedServer.start(this.transport,
				List.of("-Xmx128m", "-XX:MaxDirectMemorySize=64m", "-XX:+UseSerialGC"), AbusedServer.class,
				"server.http2.enabled=true", "server.forward-headers-strategy=native", "logging.threshold.console=off");
		this.bystanders = new Bystanders(BYSTANDERS, this.server.port());
		await().atMost(RECOVERY).until(() -> this.bystanders.alive(PATIENCE) == BYSTANDERS);
		for (Wire wire : List.of(Wire.HTTP1_DEFLATE, Wire.HTTP2_DEFLATE, Wire.HTTP2, Wire.HTTP1)) {
			measureBusy(wire);
		}
		await().atMost(RECOVERY.multipliedBy(2))
			.untilAsserted(() -> assertThat(report().connections()).isEqualTo(BYSTANDERS));
		this.quiet = report();
	}

	private void measureBusy(Wire wire) throws InterruptedException {
		this.bystanders.begin();
		try (Attackers ordinary = new Attackers(ATTACKERS, FrameAbuses.ordinary(), wire, this.server.port())) {
			pause(ATTACK);
			this.busy = this.bystanders.p99();
		}
	}

	Outcome suffer(Abuse abuse, Wire wire) throws IOException, InterruptedException {
		if (this.spent) {
			close();
			start();
		}
		Outcome outcome = sufferOnce(abuse, wire);
		for (int i = 0; i < REPETITIONS && outcome.breaches().equals(List.of(Outcome.LATENCY)); i++) {
			measureBusy(Wire.HTTP1);
			outcome = sufferOnce(abuse, wire);
		}
		return outcome;
	}

	private Outcome sufferOnce(Abuse abuse, Wire wire) throws IOException, InterruptedException {
		ServerReport before = report();
		this.bystanders.begin();
		pause(IDLE);
		Duration idle = this.bystanders.p99();
		this.bystanders.begin();
		ServerReport during;
		Duration attacked;
		int connected;
		try (Attackers attackers = new Attackers(ATTACKERS, abuse, wire, this.server.port())) {
			pause(ATTACK);
			attacked = this.bystanders.p99();
			during = reportOrNull();
			connected = attackers.connected();
		}
		long left = System.nanoTime();
		ServerReport after = reportOrNull();
		while ((after == null || !isQuiet(after)) && System.nanoTime() - left < recovery().toNanos()) {
			after = reportOrNull();
		}
		boolean back = after != null && isQuiet(after);
		Duration took = back ? Duration.ofNanos(System.nanoTime() - left) : null;
		int lost = BYSTANDERS - this.bystanders.alive(Duration.ofSeconds(5));
		ServerReport end = (after != null) ? after : (during != null) ? during : before;
		Outcome outcome = new Outcome(abuse, this.transport, wire, connected, idle, this.busy, attacked, lost,
				(during != null) ? (during.heap() - before.heap()) / ATTACKERS : 0,
				(during != null) ? (during.direct() - before.direct()) / ATTACKERS : 0, during != null, took,
				left(after), end.lines() - before.lines(), end.logged() - before.logged(),
				end.forged() - before.forged());
		this.spent = !back || lost > 0;
		return outcome;
	}

	private Duration recovery() {
		return this.transport.isEpoll() ? RECOVERY : TWO_PINGS;
	}

	private boolean isQuiet(ServerReport report) {
		return report.connections() <= this.quiet.connections() && report.webSockets() <= this.quiet.webSockets()
				&& report.loops() == this.quiet.loops() && report.heap() <= this.quiet.heap() + HEAP_TOLERANCE
				&& report.direct() <= this.quiet.direct() + DIRECT_TOLERANCE;
	}

	private String left(@Nullable ServerReport report) {
		return (report != null) ? "heap %+d KB, direct %+d KB, connections %+d, websockets %+d, loops %+d".formatted(
				(report.heap() - this.quiet.heap()) / 1024, (report.direct() - this.quiet.direct()) / 1024,
				report.connections() - this.quiet.connections(), report.webSockets() - this.quiet.webSockets(),
				report.loops() - this.quiet.loops()) : "no answer";
	}

	private ServerReport report() {
		this.server.suffer(AbusedServer.Report.class, PATIENCE);
		List<String> reports = this.server.lines(ServerReport.PREFIX);
		return ServerReport.parse(reports.get(reports.size() - 1));
	}

	private @Nullable ServerReport reportOrNull() {
		try {
			return report();
		}
		catch (ConditionTimeoutException ex) {
			return null;
		}
	}

	// An attack lasts for a time, and not until a condition.
	private static void pause(Duration duration) throws InterruptedException {
		TimeUnit.NANOSECONDS.sleep(duration.toNanos());
	}

	@Override
	public void close() {
		this.bystanders.close();
		this.server.close();
	}

}
