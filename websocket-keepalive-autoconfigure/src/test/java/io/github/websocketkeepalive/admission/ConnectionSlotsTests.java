package io.github.websocketkeepalive.admission;

import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.admission.ConnectionSlots.Outcome;

import static org.assertj.core.api.Assertions.assertThat;

class ConnectionSlotsTests {

	private static final int UNLIMITED = Integer.MAX_VALUE;

	@Test
	void thereAreAsManySlotsAsWereSet() {
		ConnectionSlots slots = new ConnectionSlots(2, UNLIMITED);
		assertThat(slots.take("a")).isEqualTo(Outcome.TAKEN);
		assertThat(slots.take("b")).isEqualTo(Outcome.TAKEN);
		assertThat(slots.take("c")).isEqualTo(Outcome.FULL);
		slots.release("a");
		assertThat(slots.take("c")).isEqualTo(Outcome.TAKEN);
	}

	@Test
	void anAddressHasItsOwnLimit() {
		ConnectionSlots slots = new ConnectionSlots(UNLIMITED, 1);
		assertThat(slots.take("a")).isEqualTo(Outcome.TAKEN);
		assertThat(slots.take("a")).isEqualTo(Outcome.ADDRESS_FULL);
		assertThat(slots.take("b")).isEqualTo(Outcome.TAKEN);
		assertThat(slots.taken()).isEqualTo(2);
	}

	@Test
	void addressesAreForgottenWithTheirLastConnection() {
		ConnectionSlots slots = new ConnectionSlots(UNLIMITED, 2);
		slots.take("a");
		slots.take("a");
		slots.release("a");
		assertThat(slots.addresses()).isOne();
		slots.release("a");
		assertThat(slots.addresses()).isZero();
		assertThat(slots.taken()).isZero();
	}

	@Test
	void addressesAreNotRememberedWithoutALimit() {
		ConnectionSlots slots = new ConnectionSlots(5, UNLIMITED);
		slots.take("a");
		assertThat(slots.addresses()).isZero();
	}

	@Test
	void anUnknownAddressCountsInTheTotalOnly() {
		ConnectionSlots slots = new ConnectionSlots(2, 1);
		assertThat(slots.take(null)).isEqualTo(Outcome.TAKEN);
		assertThat(slots.take(null)).isEqualTo(Outcome.TAKEN);
		assertThat(slots.take(null)).isEqualTo(Outcome.FULL);
		slots.release(null);
		assertThat(slots.taken()).isOne();
	}

	@Test
	void manyThreadsTakeNoMoreThanThereIsAndGiveAllBack() throws InterruptedException {
		ConnectionSlots slots = new ConnectionSlots(3, 2);
		Thread[] threads = new Thread[4];
		for (int i = 0; i < threads.length; i++) {
			String address = "address " + (i % 2);
			threads[i] = new Thread(() -> takeAndRelease(slots, address));
			threads[i].start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(slots.taken()).isZero();
		assertThat(slots.addresses()).isZero();
	}

	private static void takeAndRelease(ConnectionSlots slots, String address) {
		for (int i = 0; i < 10_000; i++) {
			if (slots.take(address) == Outcome.TAKEN) {
				slots.release(address);
			}
		}
	}

}
