package io.github.websocketkeepalive.stream.history;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

import io.github.websocketkeepalive.test.EmbeddedRedis;

import static org.awaitility.Awaitility.await;

/**
 * A Redis and its replica. Whatever is asked of one that is dead or paused is left out.
 * For one thread.
 */
final class RedisPair implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private EmbeddedRedis master = EmbeddedRedis.start();

	private EmbeddedRedis replica = EmbeddedRedis.start();

	private boolean replicates;

	private byte[] earlier = new byte[0];

	RedisPair() {
		replicate();
		await().atMost(PATIENCE)
			.pollInterval(Duration.ofMillis(20))
			.until(() -> this.replica.command("INFO replication").contains("master_link_status:up"));
	}

	private void replicate() {
		tell(this.replica, "REPLICAOF 127.0.0.1 " + this.master.port());
		this.replicates = true;
	}

	int port() {
		return this.master.port();
	}

	int otherPort() {
		return this.replica.port();
	}

	void command(String line) {
		tell(this.master, line);
	}

	private static void tell(EmbeddedRedis redis, String line) {
		try {
			redis.command(line);
		}
		catch (UncheckedIOException ex) {
			// It is dead.
			return;
		}
	}

	void pause() {
		if (this.master.isAlive()) {
			this.master.pause();
		}
	}

	void resume() {
		List.of(this.master, this.replica).stream().filter(EmbeddedRedis::isAlive).forEach(EmbeddedRedis::resume);
	}

	void kill() {
		this.master.kill();
	}

	void stop() {
		resume();
		this.master.stop();
	}

	/**
	 * Remember what is written now.
	 */
	void remember() {
		this.earlier = this.master.data();
	}

	/**
	 * Kill the master and start it with what was remembered.
	 */
	void rewind() {
		this.master.kill();
		this.master.restart(this.earlier);
	}

	/**
	 * Make the replica the master, unless it is not ready. The master before lives on
	 * until it is killed or follows.
	 * @return whether there is a new master
	 */
	boolean promote() {
		if (!this.replicates || !this.replica.isAlive()) {
			return false;
		}
		this.replicates = false;
		tell(this.replica, "REPLICAOF NO ONE");
		EmbeddedRedis before = this.master;
		this.master = this.replica;
		this.replica = before;
		return true;
	}

	void killFormerMaster() {
		if (!this.replicates) {
			this.replica.kill();
		}
	}

	/**
	 * Start what is dead, and let the former master follow the new one.
	 */
	void restart() {
		if (!this.master.isAlive()) {
			this.master.restart();
		}
		if (!this.replica.isAlive()) {
			this.replica.restart();
			this.replicates = false;
		}
	}

	void follow() {
		if (!this.replicates && this.replica.isAlive()) {
			replicate();
		}
	}

	void limitMemory(boolean limited) {
		String line = "CONFIG SET maxmemory " + (limited ? 1 : 0);
		tell(this.master, line);
		if (!limited) {
			tell(this.replica, line);
		}
	}

	void heal() {
		resume();
		restart();
		limitMemory(false);
		follow();
	}

	@Override
	public void close() {
		this.master.close();
		this.replica.close();
	}

}
