package io.github.websocketkeepalive.stream.server;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class MessageQueueTests {

	private final Queue<Runnable> eventLoop = new ArrayDeque<>();

	private final AtomicInteger told = new AtomicInteger();

	private final MessageQueue queue = new MessageQueue(this.eventLoop::add, this.told::incrementAndGet);

	@Test
	void sourcesTakeTurns() {
		this.queue.signal(new Source("a", 3));
		this.queue.signal(new Source("b", 1));
		this.queue.signal(new Source("c", 2));
		assertThat(drain()).containsExactly("a", "b", "c", "a", "c", "a");
	}

	@Test
	void answersComeFirst() {
		this.queue.signal(new Source("a", 2));
		this.queue.answer(message("x"));
		assertThat(drain()).containsExactly("x", "a", "a");
	}

	@Test
	void aSourceHasItsTurnAgainWhenItSaysSo() {
		Source source = new Source("a", 1);
		this.queue.signal(source);
		assertThat(drain()).containsExactly("a");
		source.messages = 2;
		assertThat(drain()).isEmpty();
		this.queue.signal(source);
		this.queue.signal(source);
		assertThat(drain()).containsExactly("a", "a");
	}

	@Test
	void aSourceThatHasNoMessageAfterAllHasItsTurnWhenItSaysSo() {
		Source source = new Source("a", 2);
		source.late = true;
		this.queue.signal(source);
		this.queue.signal(new Source("b", 1));
		assertThat(drain()).containsExactly("b");
		source.late = false;
		assertThat(drain()).isEmpty();
		this.queue.signal(source);
		assertThat(drain()).containsExactly("a", "a");
	}

	@Test
	void theEventLoopIsToldOnceForAllThatComesMeanwhile() {
		this.queue.answer(message("x"));
		this.queue.signal(new Source("a", 1));
		assertThat(this.eventLoop).hasSize(1);
		this.eventLoop.remove().run();
		assertThat(this.told).hasValue(1);
		this.queue.answer(message("y"));
		assertThat(this.eventLoop).hasSize(1);
	}

	@Test
	void nothingMoreIsAskedWhileManyAnswersWait() {
		AtomicInteger asked = new AtomicInteger();
		for (int i = 0; i < 64; i++) {
			this.queue.whenRoom(asked::incrementAndGet);
			this.queue.answer(message("x"));
		}
		assertThat(asked).hasValue(64);
		this.queue.whenRoom(asked::incrementAndGet);
		assertThat(asked).hasValue(64);
		this.queue.get();
		assertThat(asked).hasValue(65);
	}

	@Test
	void whatIsLeftIsReleased() {
		ByteBuf answer = message("x");
		this.queue.answer(answer);
		this.queue.signal(new Source("a", 1));
		this.queue.clear();
		assertThat(answer.refCnt()).isZero();
		assertThat(drain()).isEmpty();
	}

	@Test
	void sourcesWithoutAMessageAreForgottenThoughNobodyTakesMessages() {
		this.queue.signal(new Source("a", 1));
		ReferenceQueue<Source> forgotten = new ReferenceQueue<>();
		WeakReference<Source> open = signalled(forgotten);
		this.eventLoop.remove().run();
		Source source = open.get();
		source.messages = 0;
		this.queue.signal(source);
		source = null;
		this.eventLoop.remove().run();
		await().until(() -> {
			System.gc();
			return forgotten.poll() != null;
		});
		assertThat(drain()).containsExactly("a");
	}

	private WeakReference<Source> signalled(ReferenceQueue<Source> forgotten) {
		Source source = new Source("b", 1);
		this.queue.signal(source);
		return new WeakReference<>(source, forgotten);
	}

	private List<String> drain() {
		List<String> messages = new ArrayList<>();
		ByteBuf message = this.queue.get();
		while (message != null) {
			messages.add(message.toString(StandardCharsets.UTF_8));
			message = this.queue.get();
		}
		return messages;
	}

	private static ByteBuf message(String text) {
		return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
	}

	private static final class Source implements MessageSource {

		private final String name;

		private int messages;

		private boolean late;

		Source(String name, int messages) {
			this.name = name;
			this.messages = messages;
		}

		@Override
		public boolean hasNext() {
			return this.messages > 0;
		}

		@Override
		public @Nullable ByteBuf next() {
			if (this.late) {
				return null;
			}
			this.messages--;
			return message(this.name);
		}

	}

}
