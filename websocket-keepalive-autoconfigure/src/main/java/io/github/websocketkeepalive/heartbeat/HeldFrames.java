package io.github.websocketkeepalive.heartbeat;

import java.util.ArrayDeque;
import java.util.Queue;

import io.netty.buffer.ByteBufHolder;

/**
 * Frames that wait for the application, in order, and what they cost in memory.
 */
final class HeldFrames {

	/**
	 * What a frame costs beyond the capacity of its payload: its objects on the heap, and
	 * what an allocator rounds up.
	 */
	private static final int FRAME_COST = 128;

	private final Queue<Object> frames = new ArrayDeque<>();

	private int cost;

	void add(Object frame) {
		this.frames.add(frame);
		this.cost += cost(frame);
	}

	Object remove() {
		Object frame = this.frames.remove();
		this.cost -= cost(frame);
		return frame;
	}

	boolean isEmpty() {
		return this.frames.isEmpty();
	}

	Iterable<Object> frames() {
		return this.frames;
	}

	/**
	 * Return what they cost.
	 * @return the number of bytes
	 */
	int cost() {
		return this.cost;
	}

	private static int cost(Object frame) {
		return FRAME_COST + ((frame instanceof ByteBufHolder holder) ? holder.content().capacity() : 0);
	}

}
