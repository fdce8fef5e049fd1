package io.github.websocketkeepalive.admission;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class FairRateLimiterTests {

	private static final String FLOODER = "flooder";

	private long now = Long.MAX_VALUE - 1000;

	private double random;

	@Test
	void everyoneInLineGetsTheNextPlace() {
		FairRateLimiter limiter = limiter(100, 1);
		assertThat(limiter.tryEnter("a")).isEqualTo(FairRateLimiter.ADMITTED);
		assertThat(limiter.tryEnter("a")).isEqualTo(11);
		assertThat(limiter.tryEnter("a")).isEqualTo(22);
		this.random = 1;
		assertThat(limiter.tryEnter("a")).isEqualTo(22);
	}

	@Test
	void anAddressStandsBehindItselfAndNotInFrontOfOthers() {
		FairRateLimiter limiter = limiter(100, 1);
		for (int i = 0; i < 1000; i++) {
			limiter.tryEnter(FLOODER);
		}
		assertThat(limiter.tryEnter("a")).isEqualTo(66);
		assertThat(limiter.tryEnter("b")).isEqualTo(77);
		assertThat(limiter.tryEnter("a")).isEqualTo(99);
	}

	@Test
	void aTokenIsReservedForAnAddressWhoseTurnHasCome() {
		FairRateLimiter limiter = limiter(100, 1);
		limiter.tryEnter("a");
		this.now += TimeUnit.MILLISECONDS.toNanos(limiter.tryEnter("a"));
		assertThat(limiter.tryEnter(FLOODER)).isPositive();
		assertThat(limiter.tryEnter("a")).isEqualTo(FairRateLimiter.ADMITTED);
	}

	@Test
	void aTokenIsNotReservedForEver() {
		FairRateLimiter limiter = limiter(100, 1);
		limiter.tryEnter("a");
		this.now += TimeUnit.MILLISECONDS.toNanos(limiter.tryEnter("a")) + TimeUnit.SECONDS.toNanos(2);
		assertThat(limiter.tryEnter("b")).isEqualTo(FairRateLimiter.ADMITTED);
	}

	@Test
	void theLineShortensAsTimePassesAlsoIfNobodyReturns() {
		FairRateLimiter limiter = limiter(100, 1);
		for (int i = 0; i < 101; i++) {
			limiter.tryEnter("a");
		}
		this.now += TimeUnit.MILLISECONDS.toNanos(611);
		limiter.tryEnter("a");
		assertThat(limiter.tryEnter("a")).isBetween(480L, 520L);
		this.now += TimeUnit.HOURS.toNanos(1);
		limiter.tryEnter("a");
		assertThat(limiter.tryEnter("a")).isEqualTo(11);
	}

	@Test
	void theLineIsNeverLongerThanFiveMinutes() {
		FairRateLimiter limiter = limiter(1, 1);
		for (int i = 0; i < 10_000; i++) {
			assertThat(limiter.tryEnter("a")).isLessThanOrEqualTo(300_000);
		}
	}

	@ParameterizedTest
	@CsvSource({ "2000, 2000, 200, 300", "2000, 2000, 200, 4000", "10000, 10000, 500, 500", "300, 300, 20, 1000",
			"2000, 1, 200, 300", "2000, 1, 200, 4000", "300, 1, 20, 1000", "2000, 20, 200, 300", "300, 100, 20, 1000" })
	void aStormReturnsAsOneEvenLine(int clients, int addresses, int rate, int spreadMillis) {
		Simulation simulation = new Simulation(clients, rate);
		for (int i = 0; i < clients; i++) {
			simulation.add("client-" + (i % addresses), simulation.draws.nextDouble() * spreadMillis);
		}
		simulation.run();
		assertThat((double) simulation.attempts / clients).isLessThan(2.3);
		assertThat(simulation.seconds()).isBetween(0.7 * clients / rate, 1.35 * clients / rate);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 100, 2000, 4000 })
	void aFlooderDelaysNobodyButItself(int spreadMillis) {
		Simulation simulation = new Simulation(50, 20);
		simulation.flood(20, (i) -> FLOODER);
		List<Client> others = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			others.add(simulation.add("client-" + i, 500 + simulation.draws.nextDouble() * spreadMillis));
		}
		simulation.run();
		double ideal = Math.max(spreadMillis, 2500);
		assertThat(others).extracting((client) -> client.time / 1e6).allMatch((millis) -> millis < 500 + 1.75 * ideal);
		assertThat(others).extracting((client) -> client.attempts).allMatch((attempts) -> attempts <= 4);
		assertThat(others).extracting((client) -> client.longestDelay).allMatch((delay) -> delay < 3500);
	}

	@Test
	void aFlooderGetsWhatOthersLeave() {
		Simulation simulation = new Simulation(50, 20);
		simulation.flood(20, (i) -> FLOODER);
		simulation.run();
		assertThat(simulation.admissions).isBetween(20 * 20, 20 * 20 + 2);
	}

	@Test
	void clientsBehindOneAddressGetItsShareBesideAFlooder() {
		Simulation simulation = new Simulation(50, 20);
		simulation.flood(30, (i) -> FLOODER);
		List<Client> others = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			others.add(simulation.add((i % 2 == 0) ? "office" : "client-" + i,
					500 + simulation.draws.nextDouble() * 1000));
		}
		simulation.run();
		assertThat(others).allSatisfy((client) -> assertThat(client.time / 1e9).isLessThan(15));
	}

	private FairRateLimiter limiter(int perSecond, int burst) {
		return new FairRateLimiter(perSecond, burst, () -> this.now, () -> this.random);
	}

	private final class Simulation {

		private final Random draws;

		private final int rate;

		private final int burst;

		private final PriorityQueue<Client> arrivals = new PriorityQueue<>(
				Comparator.comparingLong((client) -> client.time));

		private final Deque<Long> lastSecond = new ArrayDeque<>();

		private final FairRateLimiter limiter;

		private int attempts;

		private int admissions;

		Simulation(int seed, int rate) {
			FairRateLimiterTests.this.now = 0;
			this.draws = new Random(seed);
			this.rate = rate;
			this.burst = Math.max(1, rate / 10);
			this.limiter = new FairRateLimiter(rate, this.burst, () -> FairRateLimiterTests.this.now,
					this.draws::nextDouble);
		}

		Client add(String address, double millis) {
			Client client = new Client(address, true, (long) (millis * 1e6));
			this.arrivals.add(client);
			return client;
		}

		void flood(int seconds, IntFunction<String> addresses) {
			for (int i = 0; i < 2300 * seconds; i++) {
				this.arrivals.add(new Client(addresses.apply(i), false, (long) (i / 2300.0 * 1e9)));
			}
		}

		void run() {
			while (!this.arrivals.isEmpty()) {
				Client client = this.arrivals.remove();
				FairRateLimiterTests.this.now = client.time;
				this.attempts++;
				client.attempts++;
				long delay = this.limiter.tryEnter(client.address);
				if (delay == FairRateLimiter.ADMITTED) {
					admitted();
				}
				else if (client.obeys) {
					client.longestDelay = Math.max(client.longestDelay, delay);
					long late = (long) (this.draws.nextDouble() * 50e6);
					client.time += TimeUnit.MILLISECONDS.toNanos(delay) + late;
					this.arrivals.add(client);
				}
			}
		}

		private void admitted() {
			long now = FairRateLimiterTests.this.now;
			this.admissions++;
			this.lastSecond.add(now);
			this.lastSecond.removeIf((time) -> now - time >= 1e9);
			assertThat(this.lastSecond).hasSizeLessThanOrEqualTo(this.rate + this.burst);
		}

		double seconds() {
			return FairRateLimiterTests.this.now / 1e9;
		}

	}

	private static final class Client {

		private final String address;

		private final boolean obeys;

		private long time;

		private int attempts;

		private long longestDelay;

		Client(String address, boolean obeys, long time) {
			this.address = address;
			this.obeys = obeys;
			this.time = time;
		}

	}

}
