package io.github.websocketkeepalive.stream.history;

/**
 * Something that goes wrong for a while.
 */
enum Fault {

	/** Redis answers nothing, and its connections stay open. */
	PAUSE(3) {

		@Override
		void plan(FaultPlan plan) {
			long end = plan.millis(100, 4000);
			plan.at(0, "Redis is paused", (testbed) -> testbed.redis().pause());
			plan.at(end, "Redis is resumed", (testbed) -> testbed.redis().resume());
		}

	},

	/** Redis lets its clients wait. */
	CLIENT_PAUSE(2) {

		@Override
		void plan(FaultPlan plan) {
			long millis = plan.millis(50, 800);
			plan.at(0, "clients of Redis are paused for %d ms".formatted(millis),
					(testbed) -> testbed.pauseClients(millis));
		}

	},

	/** Redis is killed, and comes back with all that it had. */
	KILL(3) {

		@Override
		void plan(FaultPlan plan) {
			plan.at(0, "Redis is killed", (testbed) -> testbed.redis().kill());
			plan.at(plan.millis(20, 3000), "Redis is restarted", (testbed) -> testbed.redis().restart());
		}

	},

	/** Redis is stopped in order, and comes back with all that it had. */
	STOP(1) {

		@Override
		void plan(FaultPlan plan) {
			plan.at(0, "Redis is stopped", (testbed) -> testbed.redis().stop());
			plan.at(plan.millis(20, 3000), "Redis is restarted", (testbed) -> testbed.redis().restart());
		}

	},

	/** Redis comes back from an older snapshot. */
	REWIND(2) {

		@Override
		void plan(FaultPlan plan) {
			long age = plan.millis(20, 1500);
			plan.at(0, "a snapshot is taken", (testbed) -> testbed.redis().remember());
			plan.at(age, "Redis is killed and restarted from the snapshot", (testbed) -> testbed.redis().rewind());
		}

	},

	/**
	 * Redis comes back from an older snapshot, and an instance that has seen nothing
	 * newer is back before the others.
	 */
	REWIND_UNSEEN(5) {

		@Override
		void plan(FaultPlan plan) {
			int first = plan.instance();
			String name = Schedule.name(first);
			long age = plan.millis(100, 300);
			plan.at(0, "a snapshot is taken, and the link of %s is cut".formatted(name), (testbed) -> {
				testbed.link(first).cut();
				testbed.redis().remember();
			});
			plan.at(age, "the other links are cut, Redis is killed and restarted from the snapshot", (testbed) -> {
				testbed.forOthers(first, LinkProxy::cut);
				testbed.redis().rewind();
			});
			plan.at(age + 1, "the link of %s is healed".formatted(name), (testbed) -> testbed.link(first).heal());
			plan.at(age + plan.millis(1500, 2500), "the other links are healed",
					(testbed) -> testbed.forOthers(first, LinkProxy::heal));
		}

	},

	/** Redis forgets everything. */
	FLUSH(1) {

		@Override
		void plan(FaultPlan plan) {
			plan.at(0, "Redis is flushed", Testbed::flush);
		}

	},

	/** The stream is shortened. */
	TRIM(1) {

		@Override
		void plan(FaultPlan plan) {
			int length = (int) plan.millis(0, 20);
			plan.at(0, "the stream is trimmed to %d".formatted(length), (testbed) -> testbed.trim(length));
		}

	},

	/** Redis refuses to write. */
	MEMORY(2) {

		@Override
		void plan(FaultPlan plan) {
			plan.at(0, "Redis is out of memory", (testbed) -> testbed.redis().limitMemory(true));
			plan.at(plan.millis(100, 3000), "Redis has memory again", (testbed) -> testbed.redis().limitMemory(false));
		}

	},

	/** What an instance and Redis send each other waits. */
	FREEZE(4) {

		@Override
		void plan(FaultPlan plan) {
			int instance = plan.instance();
			String name = Schedule.name(instance);
			plan.at(0, "the link of %s is frozen".formatted(name), (testbed) -> testbed.link(instance).freeze());
			plan.at(plan.millis(50, 4000), "the link of %s is thawed".formatted(name),
					(testbed) -> testbed.link(instance).thaw());
		}

	},

	/** An instance cannot connect to Redis. */
	CUT(4) {

		@Override
		void plan(FaultPlan plan) {
			int instance = plan.instance();
			String name = Schedule.name(instance);
			plan.at(0, "the link of %s is cut".formatted(name), (testbed) -> testbed.link(instance).cut());
			plan.at(plan.millis(50, 4000), "the link of %s is healed".formatted(name),
					(testbed) -> testbed.link(instance).heal());
		}

	},

	/** Redis has done what an instance asked for, which does not hear of it. */
	LOST_ANSWERS(4) {

		@Override
		void plan(FaultPlan plan) {
			int instance = plan.instance();
			String name = Schedule.name(instance);
			long cut = plan.millis(10, 500);
			plan.at(0, "answers to %s are held".formatted(name), (testbed) -> testbed.link(instance).holdAnswers());
			plan.at(cut, "the link of %s is cut".formatted(name), (testbed) -> {
				testbed.link(instance).cut();
				testbed.link(instance).thaw();
			});
			plan.at(cut + plan.millis(10, 1000), "the link of %s is healed".formatted(name),
					(testbed) -> testbed.link(instance).heal());
		}

	},

	/** Redis is lost, and its replica takes over. */
	PROMOTE(3) {

		@Override
		void plan(FaultPlan plan) {
			plan.at(0, "the replica is promoted, the former master killed", (testbed) -> testbed.promote(-1));
			plan.at(plan.millis(500, 2000), "the former master follows", Testbed::follow);
		}

	},

	/** The replica takes over, and one instance stays with the former master. */
	SPLIT_BRAIN(3) {

		@Override
		void plan(FaultPlan plan) {
			int left = plan.instance();
			plan.at(0, "the replica is promoted, %s stays with the former master".formatted(Schedule.name(left)),
					(testbed) -> testbed.promote(left));
			plan.at(plan.millis(200, 3000), "the former master follows", Testbed::follow);
		}

	},

	/** An instance is killed, and a new one takes its place. */
	KILL_INSTANCE(3) {

		@Override
		void plan(FaultPlan plan) {
			int instance = plan.instance();
			plan.at(0, "instance %s is killed and another one started".formatted(Schedule.name(instance)),
					(testbed) -> testbed.killInstance(instance));
		}

	},

	/** Somebody else writes to the stream, behind all that will come. */
	FOREIGN_END(1) {

		@Override
		void plan(FaultPlan plan) {
			plan.at(0, "a foreign entry is added at the end of all epochs",
					(testbed) -> testbed.addForeignEntry("99999999999999999-0"));
		}

	},

	/** Somebody else writes to the stream, in the place of the next message. */
	FOREIGN_NEXT(1) {

		@Override
		void plan(FaultPlan plan) {
			plan.at(0, "a foreign entry is added", (testbed) -> testbed.addForeignEntry("*"));
		}

	};

	private final int weight;

	Fault(int weight) {
		this.weight = weight;
	}

	/**
	 * Return how often it is drawn, beside the weights of the others.
	 */
	int weight() {
		return this.weight;
	}

	/**
	 * Add the steps of this fault.
	 */
	abstract void plan(FaultPlan plan);

}
