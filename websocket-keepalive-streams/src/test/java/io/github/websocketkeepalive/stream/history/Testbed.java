package io.github.websocketkeepalive.stream.history;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * What a run consists of, and what can go wrong in it.
 */
final class Testbed implements AutoCloseable {

	private static final String KEY = "websocket-keepalive:stream:{%s}".formatted(Instance.TOPIC);

	private final RedisPair redis = new RedisPair();

	private final List<Instance> instances = new CopyOnWriteArrayList<>();

	private final List<HoppingSubscriber> subscribers = new ArrayList<>();

	private final History history;

	private int killed;

	Testbed(int instances, int subscribers, History history) {
		this.history = history;
		for (int i = 0; i < instances; i++) {
			this.instances.add(new Instance(Schedule.name(i), this.redis.port(), history));
		}
		for (int i = 0; i < subscribers; i++) {
			this.subscribers.add(new HoppingSubscriber("s" + i, history));
		}
	}

	RedisPair redis() {
		return this.redis;
	}

	List<Instance> instances() {
		return this.instances;
	}

	List<HoppingSubscriber> subscribers() {
		return this.subscribers;
	}

	LinkProxy link(int instance) {
		return this.instances.get(instance).link();
	}

	void forOthers(int instance, Consumer<LinkProxy> action) {
		for (int i = 0; i < this.instances.size(); i++) {
			if (i != instance) {
				action.accept(link(i));
			}
		}
	}

	void flush() {
		this.redis.command("FLUSHALL");
	}

	void trim(int length) {
		this.redis.command("XTRIM %s MAXLEN %d".formatted(KEY, length));
	}

	void addForeignEntry(String id) {
		this.redis.command("XADD %s %s foo bar".formatted(KEY, id));
	}

	void pauseClients(long millis) {
		this.redis.command("CLIENT PAUSE " + millis);
	}

	/**
	 * Make the replica the master.
	 * @param left the instance that stays with the former master, or -1 if that is killed
	 */
	void promote(int left) {
		if (this.redis.promote()) {
			if (left < 0) {
				this.redis.killFormerMaster();
			}
			forOthers(left, (link) -> link.pointTo(this.redis.port()));
		}
	}

	void follow() {
		this.instances.forEach((instance) -> instance.link().pointTo(this.redis.port()));
		this.redis.restart();
		this.redis.follow();
	}

	/**
	 * Kill an instance, and start one in its place. Subscribers that it had are gone.
	 */
	void killInstance(int index) {
		Instance victim = this.instances.get(index);
		victim.kill();
		this.instances.set(index,
				new Instance(Schedule.name(index) + (++this.killed), this.redis.port(), this.history));
		this.subscribers.stream()
			.filter((subscriber) -> subscriber.instance() == victim)
			.forEach(HoppingSubscriber::leave);
		victim.close();
	}

	void heal() {
		this.redis.heal();
		for (Instance instance : this.instances) {
			instance.link().pointTo(this.redis.port());
			instance.link().heal();
			instance.link().thaw();
		}
	}

	@Override
	public void close() {
		this.subscribers.forEach(HoppingSubscriber::leave);
		this.instances.forEach(Instance::close);
		this.redis.close();
	}

}
