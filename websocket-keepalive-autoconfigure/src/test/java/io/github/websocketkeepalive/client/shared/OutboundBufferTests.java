package io.github.websocketkeepalive.client.shared;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;

import io.github.websocketkeepalive.test.LeakDetection;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(LeakDetection.class)
class OutboundBufferTests {

	private final List<String> sent = new ArrayList<>();

	private final List<String> told = new ArrayList<>();

	private int dropped;

	@Test
	void whatIsSentWhileTheConnectionIsAwayIsSentInOrderWhenItIsBack() {
		OutboundBuffer buffer = buffer(OverflowPolicy.FAIL);
		send(buffer, "1");
		send(buffer, "2");
		assertThat(this.told).isEmpty();
		connect(buffer, 10);
		send(buffer, "3");
		assertThat(this.sent).containsExactly("1", "2", "3");
		assertThat(this.told).containsExactly("1 sent", "2 sent", "3 sent");
	}

	@Test
	void aConnectionIsGivenNoMoreThanItAskedFor() {
		OutboundBuffer buffer = buffer(OverflowPolicy.FAIL);
		send(buffer, "1");
		send(buffer, "2");
		BaseSubscriber<SharedMessage> connection = connect(buffer, 1);
		assertThat(this.sent).containsExactly("1");
		connection.request(1);
		assertThat(this.sent).containsExactly("1", "2");
	}

	@Test
	void whatTheLastConnectionDidNotTakeIsForTheNextOne() {
		OutboundBuffer buffer = buffer(OverflowPolicy.FAIL);
		connect(buffer, 1).cancel();
		send(buffer, "1");
		assertThat(this.sent).isEmpty();
		connect(buffer, 1);
		assertThat(this.sent).containsExactly("1");
	}

	@Test
	void failTellsTheSenderThatThereIsNoRoom() {
		OutboundBuffer buffer = buffer(OverflowPolicy.FAIL);
		sendThree(buffer);
		assertThat(this.told).containsExactly("3 was not sent: the buffer for 2 messages is full");
		connect(buffer, 10);
		assertThat(this.sent).containsExactly("1", "2");
		assertThat(this.dropped).isEqualTo(1);
	}

	@Test
	void dropOldestTellsTheOldestSender() {
		OutboundBuffer buffer = buffer(OverflowPolicy.DROP_OLDEST);
		sendThree(buffer);
		assertThat(this.told).containsExactly("1 was not sent: the buffer for 2 messages is full");
		connect(buffer, 10);
		assertThat(this.sent).containsExactly("2", "3");
		assertThat(this.dropped).isEqualTo(1);
	}

	@Test
	void waitKeepsTheSenderWaiting() {
		OutboundBuffer buffer = buffer(OverflowPolicy.WAIT);
		sendThree(buffer);
		assertThat(this.told).isEmpty();
		connect(buffer, 10);
		assertThat(this.sent).containsExactly("1", "2", "3");
		assertThat(this.dropped).isZero();
	}

	@Test
	void whoDoesNotWaitAnyLongerSendsNothing() {
		OutboundBuffer buffer = buffer(OverflowPolicy.WAIT);
		Disposable first = send(buffer, "1");
		send(buffer, "2");
		send(buffer, "3");
		Disposable fourth = send(buffer, "4");
		first.dispose();
		fourth.dispose();
		connect(buffer, 10);
		assertThat(this.sent).containsExactly("2", "3");
	}

	@Test
	void whoWaitedComesBeforeWhoComesLater() {
		OutboundBuffer buffer = buffer(OverflowPolicy.WAIT);
		Disposable first = send(buffer, "1");
		send(buffer, "2");
		send(buffer, "3");
		first.dispose();
		send(buffer, "4");
		connect(buffer, 10);
		assertThat(this.sent).containsExactly("2", "3", "4");
	}

	@Test
	void theEndOfTheLastConnectionIsNoneOfThePresentOne() {
		OutboundBuffer buffer = buffer(OverflowPolicy.FAIL);
		BaseSubscriber<SharedMessage> last = connect(buffer, 10);
		connect(buffer, 10);
		last.cancel();
		send(buffer, "1");
		assertThat(this.sent).containsExactly("1");
	}

	@Test
	void whatSeveralThreadsSendKeepsTheOrderOfEach() throws InterruptedException {
		int each = 20_000;
		OutboundBuffer buffer = new OutboundBuffer(2 * each, OverflowPolicy.FAIL, () -> this.dropped++);
		connect(buffer, 2 * each);
		List<Thread> senders = Stream.of("a", "b").map((name) -> new Thread(() -> {
			for (int i = 0; i < each; i++) {
				buffer.send(SharedMessage.text(name + i)).subscribe();
			}
		})).toList();
		senders.forEach(Thread::start);
		for (Thread sender : senders) {
			sender.join();
		}
		for (String name : List.of("a", "b")) {
			assertThat(this.sent.stream().filter((text) -> text.startsWith(name)))
				.containsExactlyElementsOf(IntStream.range(0, each).mapToObj((i) -> name + i).toList());
		}
	}

	@Test
	void everyoneIsToldWhenThereWillBeNoOtherConnection() {
		OutboundBuffer buffer = buffer(OverflowPolicy.WAIT);
		sendThree(buffer);
		buffer.dropAll("it is over");
		assertThat(this.told).containsExactly("1 was not sent: it is over", "2 was not sent: it is over",
				"3 was not sent: it is over");
		assertThat(this.dropped).isEqualTo(3);
		connect(buffer, 10);
		send(buffer, "4");
		assertThat(this.sent).containsExactly("4");
	}

	private OutboundBuffer buffer(OverflowPolicy overflow) {
		return new OutboundBuffer(2, overflow, () -> this.dropped++);
	}

	private void sendThree(OutboundBuffer buffer) {
		send(buffer, "1");
		send(buffer, "2");
		send(buffer, "3");
	}

	private Disposable send(OutboundBuffer buffer, String text) {
		return buffer.send(SharedMessage.text(text))
			.subscribe(null, (ex) -> this.told.add(ex.getMessage().replace("Message", text)),
					() -> this.told.add(text + " sent"));
	}

	private BaseSubscriber<SharedMessage> connect(OutboundBuffer buffer, int demand) {
		BaseSubscriber<SharedMessage> connection = new BaseSubscriber<>() {

			@Override
			protected void hookOnSubscribe(Subscription subscription) {
				subscription.request(demand);
			}

			@Override
			protected void hookOnNext(SharedMessage message) {
				OutboundBufferTests.this.sent.add(message.getText());
			}

		};
		buffer.messages().subscribe(connection);
		return connection;
	}

}
