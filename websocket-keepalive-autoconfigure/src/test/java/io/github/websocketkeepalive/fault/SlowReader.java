package io.github.websocketkeepalive.fault;

import java.io.IOException;

import io.github.websocketkeepalive.test.RawClient;

/**
 * Reads 10 KB a second of what a client is sent, and answers nothing.
 */
final class SlowReader implements AutoCloseable {

	static final int BYTES_PER_SECOND = 10 * 1024;

	private final RawClient client;

	private final Thread thread = new Thread(this::run, "slow-reader");

	private volatile boolean stopped;

	private volatile int bytesRead;

	SlowReader(RawClient client) {
		this.client = client;
		this.thread.start();
	}

	int bytesRead() {
		return this.bytesRead;
	}

	private void run() {
		byte[] buffer = new byte[BYTES_PER_SECOND / 10];
		try {
			while (!this.stopped) {
				this.bytesRead += Math.max(0, this.client.socket().getInputStream().read(buffer));
				Thread.sleep(100);
			}
		}
		catch (IOException | InterruptedException ex) {
			this.stopped = true;
		}
	}

	void stop() throws InterruptedException {
		this.stopped = true;
		this.thread.join();
	}

	@Override
	public void close() throws InterruptedException {
		this.thread.interrupt();
		stop();
	}

}
