package io.github.websocketkeepalive.stream.client;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AckPolicyTests {

	private final AckPolicy policy = new AckPolicy(4);

	@Test
	void itIsTimeOnceHalfOfTheWindowIsProcessed() {
		this.policy.begin(100);
		this.policy.received(110);
		this.policy.received(120);
		assertThat(this.policy.processed(110)).isFalse();
		assertThat(this.policy.processed(119)).isFalse();
		assertThat(this.policy.processed(120)).isTrue();
		assertThat(this.policy.acknowledge()).isEqualTo(120);
		assertThat(this.policy.isPending()).isFalse();
		assertThat(this.policy.processed(120)).isFalse();
	}

	@Test
	void whatIsProcessedOfABatchIsAcknowledgedTooButDoesNotCount() {
		this.policy.begin(0);
		this.policy.received(10);
		assertThat(this.policy.processed(7)).isFalse();
		assertThat(this.policy.isPending()).isTrue();
		assertThat(this.policy.acknowledge()).isEqualTo(7);
		assertThat(this.policy.processed(10)).isFalse();
	}

	@Test
	void aWindowOfOneIsAcknowledgedWithEachBatch() {
		AckPolicy policy = new AckPolicy(1);
		policy.begin(0);
		policy.received(3);
		assertThat(policy.processed(2)).isFalse();
		assertThat(policy.processed(3)).isTrue();
	}

	@Test
	void halfOfWhatTheServerGrantsIsEnough() {
		this.policy.begin(0);
		this.policy.granted(2);
		this.policy.received(3);
		assertThat(this.policy.processed(3)).isTrue();
	}

	@Test
	void moreThanTheWindowIsNotWaitedForWhateverTheServerGrants() {
		this.policy.begin(0);
		this.policy.granted(1000);
		this.policy.received(3);
		this.policy.received(6);
		assertThat(this.policy.processed(6)).isTrue();
	}

	@Test
	void nothingIsPendingWithoutProgress() {
		this.policy.begin(5);
		assertThat(this.policy.isPending()).isFalse();
		assertThat(this.policy.processed(4)).isFalse();
		assertThat(this.policy.isPending()).isFalse();
	}

	@Test
	void batchesThatBringNothingNewCount() {
		this.policy.begin(10);
		this.policy.received(8);
		this.policy.received(10);
		assertThat(this.policy.processed(10)).isTrue();
		assertThat(this.policy.acknowledge()).isEqualTo(10);
	}

	@Test
	void aServerThatAllowsLessIsFoundOutWhenItIsLate() {
		this.policy.begin(0);
		this.policy.received(10);
		assertThat(this.policy.processed(10)).isFalse();
		this.policy.late();
		assertThat(this.policy.acknowledge()).isEqualTo(10);
		this.policy.received(20);
		assertThat(this.policy.processed(20)).isTrue();
	}

	@Test
	void aServerThatSendsMoreThanThatAllowsMore() {
		this.policy.begin(0);
		this.policy.received(10);
		this.policy.processed(10);
		this.policy.late();
		this.policy.acknowledge();
		this.policy.received(20);
		this.policy.received(30);
		this.policy.received(40);
		assertThat(this.policy.processed(20)).isFalse();
		assertThat(this.policy.processed(30)).isTrue();
	}

	@Test
	void anotherBeginningForgetsWhatIsNotAcknowledged() {
		this.policy.begin(0);
		this.policy.received(10);
		this.policy.received(20);
		this.policy.received(30);
		this.policy.processed(15);
		assertThat(this.policy.begin(5)).isEqualTo(3);
		assertThat(this.policy.isPending()).isFalse();
		this.policy.received(6);
		assertThat(this.policy.processed(6)).isFalse();
		assertThat(this.policy.acknowledge()).isEqualTo(6);
	}

	@Test
	void aServerMaySendAWindowBeforeItIsAcknowledged() {
		this.policy.begin(0);
		arrive(4, 0);
		assertThat(this.policy.admits()).isFalse();
	}

	@Test
	void wholeBatchesThatAreAcknowledgedMakeRoom() {
		this.policy.begin(0);
		arrive(4, 0);
		this.policy.processed(25);
		this.policy.acknowledge();
		arrive(2, 40);
		assertThat(this.policy.admits()).isFalse();
	}

	@Test
	void eachNumberingHasAWindowOfItsOwn() {
		this.policy.arrives("e");
		this.policy.begin(0);
		arrive(4, 0);
		this.policy.arrives("f");
		arrive(4, 0);
		this.policy.begin(0);
		assertThat(this.policy.admits()).isFalse();
	}

	@Test
	void theSameNumberingGoesOnWithItsWindow() {
		this.policy.arrives("e");
		this.policy.begin(0);
		arrive(3, 0);
		this.policy.arrives("e");
		assertThat(this.policy.admits()).isTrue();
		assertThat(this.policy.admits()).isFalse();
	}

	@Test
	void anotherBeginningTrustsInTheWindowAgain() {
		this.policy.begin(0);
		this.policy.received(10);
		this.policy.late();
		this.policy.begin(0);
		this.policy.received(10);
		assertThat(this.policy.processed(10)).isFalse();
	}

	private void arrive(int batches, long offset) {
		for (int batch = 1; batch <= batches; batch++) {
			assertThat(this.policy.admits()).isTrue();
			this.policy.received(offset + 10L * batch);
		}
	}

}
