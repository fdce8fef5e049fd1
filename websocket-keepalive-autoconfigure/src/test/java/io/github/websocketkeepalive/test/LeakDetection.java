package io.github.websocketkeepalive.test;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.netty.buffer.AbstractByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.util.Assert;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fails a test after which Netty finds that a buffer was leaked, or the class if it finds
 * that only when all else is closed. Netty watches every buffer only if the level is
 * paranoid.
 */
public final class LeakDetection implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

	private static final int ROUNDS = 3;

	private static final Pattern TEST_FRAMEWORKS = Pattern
		.compile("org\\.junit\\.|org\\.apache\\.maven\\.|java\\.base/");

	private final List<String> leaks = new CopyOnWriteArrayList<>();

	private final List<String> excepted;

	public LeakDetection() {
		this(List.of());
	}

	private LeakDetection(List<String> excepted) {
		this.excepted = excepted;
	}

	/**
	 * Detect all leaks but those that were allocated or used by some method.
	 */
	public static LeakDetection except(Class<?> type, String method) {
		return new LeakDetection(List.of(type.getName() + "." + method + "("));
	}

	@Override
	public void beforeAll(ExtensionContext context) throws InterruptedException {
		start();
	}

	@Override
	public void afterEach(ExtensionContext context) throws InterruptedException {
		reportGarbage(1);
		List<String> leaks = List.copyOf(this.leaks);
		this.leaks.removeAll(leaks);
		assertThat(leaks).as("leaks").isEmpty();
	}

	@Override
	public void afterAll(ExtensionContext context) throws InterruptedException {
		assertThat(stop()).as("leaks").isEmpty();
	}

	void start() throws InterruptedException {
		assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
		reportGarbage(ROUNDS);
		detector().setLeakListener((type, records) -> {
			if (this.excepted.stream().noneMatch(records::contains)) {
				this.leaks.add(type + withoutTestFrameworks(records));
			}
		});
	}

	List<String> stop() throws InterruptedException {
		reportGarbage(ROUNDS);
		detector().setLeakListener(null);
		return this.leaks;
	}

	private static ResourceLeakDetector<?> detector() {
		Object detector = ReflectionTestUtils.getField(AbstractByteBuf.class, "leakDetector");
		Assert.state(detector != null, "Netty has no leak detector");
		return (ResourceLeakDetector<?>) detector;
	}

	// They are most of it, and only the end of what a build prints is kept.
	private static String withoutTestFrameworks(String records) {
		return records.lines()
			.filter((line) -> !TEST_FRAMEWORKS.matcher(line).find())
			.collect(Collectors.joining(System.lineSeparator()));
	}

	/**
	 * Collect garbage, and have Netty report what of it was not released, which it does
	 * whenever a buffer is allocated.
	 */
	private static void reportGarbage(int rounds) throws InterruptedException {
		for (int i = 0; i < rounds; i++) {
			collectGarbage();
			ByteBufAllocator.DEFAULT.buffer().release();
		}
	}

	private static void collectGarbage() throws InterruptedException {
		ReferenceQueue<Object> collected = new ReferenceQueue<>();
		PhantomReference<Object> canary = new PhantomReference<>(new Object(), collected);
		do {
			System.gc();
		}
		while (collected.remove(Duration.ofSeconds(1).toMillis()) != canary);
	}

}
