package io.github.websocketkeepalive.stream.server;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import reactor.util.concurrent.Queues;

/**
 * What a connection is to send next: answers first, then a message of each source that
 * has one, in turn. Sources may say on any thread that they have something; all else is
 * confined to the event loop.
 */
final class MessageQueue implements Supplier<@Nullable ByteBuf> {

	private static final int MAX_ANSWERS = 64;

	private final Queue<MessageSource> signalled = Queues.<MessageSource>unboundedMultiproducer().get();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	private final Queue<MessageSource> sources = new ArrayDeque<>(1);

	private final Queue<ByteBuf> answers = new ArrayDeque<>(1);

	private final Runnable turn = this::takeTurn;

	private final Executor turns;

	private final Runnable onMessages;

	private @Nullable Runnable onRoom;

	/**
	 * Create a queue.
	 * @param turns runs tasks on the event loop of the connection
	 * @param onMessages called on it when there may be messages
	 */
	MessageQueue(Executor turns, Runnable onMessages) {
		this.turns = turns;
		this.onMessages = onMessages;
	}

	/**
	 * Send an answer.
	 * @param answer the whole message, whose ownership goes over
	 */
	void answer(ByteBuf answer) {
		this.answers.add(answer);
		schedule();
	}

	/**
	 * Do something that may lead to another answer: at once, or when not so many answers
	 * wait any more.
	 * @param action what to do
	 */
	void whenRoom(Runnable action) {
		if (this.answers.size() < MAX_ANSWERS) {
			action.run();
		}
		else {
			this.onRoom = action;
		}
	}

	/**
	 * Give a source its turn, or take it away if it has no message any more. May be
	 * called on any thread.
	 * @param source a source that may have a message, or had one
	 */
	void signal(MessageSource source) {
		this.signalled.offer(source);
		schedule();
	}

	@Override
	public @Nullable ByteBuf get() {
		ByteBuf answer = this.answers.poll();
		if (answer == null) {
			return nextInTurn();
		}
		Runnable onRoom = this.onRoom;
		if (onRoom != null) {
			this.onRoom = null;
			onRoom.run();
		}
		return answer;
	}

	/**
	 * Forget what is left.
	 */
	void clear() {
		this.answers.forEach(ByteBuf::release);
		this.answers.clear();
		this.sources.clear();
		this.signalled.clear();
	}

	private @Nullable ByteBuf nextInTurn() {
		collect();
		MessageSource source = this.sources.poll();
		while (source != null) {
			ByteBuf message = source.hasNext() ? source.next() : null;
			if (message != null) {
				updateTurn(source);
				return message;
			}
			source = this.sources.poll();
		}
		return null;
	}

	// Not only when a message is asked for: a client that reads nothing could have any
	// number of sources wait.
	private void collect() {
		MessageSource source = this.signalled.poll();
		while (source != null) {
			updateTurn(source);
			source = this.signalled.poll();
		}
	}

	private void updateTurn(MessageSource source) {
		if (!source.hasNext()) {
			this.sources.remove(source);
		}
		else if (!this.sources.contains(source)) {
			this.sources.add(source);
		}
	}

	private void schedule() {
		if (this.scheduled.getAndSet(true)) {
			return;
		}
		try {
			this.turns.execute(this.turn);
		}
		catch (RuntimeException | Error ex) {
			this.scheduled.set(false);
			throw ex;
		}
	}

	private void takeTurn() {
		this.scheduled.set(false);
		collect();
		this.onMessages.run();
	}

}
