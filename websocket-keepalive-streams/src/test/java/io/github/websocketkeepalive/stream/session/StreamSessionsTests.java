package io.github.websocketkeepalive.stream.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.util.ReflectionTestUtils;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ExtendWith(OutputCaptureExtension.class)
class StreamSessionsTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final StreamSession SESSION = new StreamSession("id", Map.of(), List.of());

	private final ScriptedStore store = new ScriptedStore();

	private final StreamSessions sessions = new StreamSessions(this.store, Duration.ofHours(1));

	private final ScriptedHolder holder = new ScriptedHolder();

	@Test
	void whoAsksWhileASessionIsBeingSavedGetsItWhenThatIsDone() {
		this.sessions.hold("a", this.holder);
		this.sessions.keep("a", this.holder, SESSION, null);
		CompletableFuture<TakenSession> taken = take();
		assertThat(taken).isNotDone();
		assertThat(this.store.takes).isZero();
		this.store.saved(0);
		assertThat(taken.join().session()).isEqualTo(SESSION);
	}

	@Test
	void whoAsksBeforeTheConnectionHasEndedGetsTheSessionFromTheConnection() {
		this.sessions.hold("a", this.holder);
		CompletableFuture<TakenSession> taken = take();
		this.sessions.keep("a", this.holder, SESSION, null);
		this.holder.givenUp.tryEmitValue(SESSION);
		assertThat(taken.join().session()).isEqualTo(SESSION);
		assertThat(this.store.saves).isEmpty();
		assertThat(this.store.takes).isZero();
	}

	@Test
	void whoAsksAfterTheSaveGetsTheSessionFromTheStore() {
		this.sessions.hold("a", this.holder);
		this.sessions.keep("a", this.holder, SESSION, null);
		this.store.saved(0);
		assertThat(take().join().session()).isEqualTo(SESSION);
		assertThat(this.store.takes).isOne();
	}

	@Test
	void oneOfTwoWhoWaitForASaveGetsTheSession() {
		this.sessions.hold("a", this.holder);
		this.sessions.keep("a", this.holder, SESSION, null);
		List<CompletableFuture<TakenSession>> both = List.of(take(), take());
		this.store.saved(0);
		assertOneHasIt(both);
	}

	@Test
	void oneOfTwoWhoAskAConnectionGetsTheSession() {
		this.sessions.hold("a", this.holder);
		List<CompletableFuture<TakenSession>> both = List.of(take(), take());
		this.holder.givenUp.tryEmitValue(SESSION);
		assertOneHasIt(both);
		assertThat(this.holder.asked).isOne();
		assertThat(this.store.takes).isZero();
	}

	@Test
	void oneOfTwoWhoAskTheStoreGetsTheSession() {
		this.store.kept.put("a", SESSION);
		List<CompletableFuture<TakenSession>> both = List.of(take(), take());
		assertOneHasIt(both);
		assertThat(this.store.takes).isOne();
	}

	@Test
	void whoWaitsGetsASessionThatIsPutBack() {
		this.store.kept.put("a", SESSION);
		TakenSession first = take().join();
		CompletableFuture<TakenSession> second = take();
		first.putBack();
		assertThat(second).isNotDone();
		this.store.saved(0);
		assertThat(second.join().session()).isEqualTo(SESSION);
	}

	@Test
	void aSessionThatIsPutBackCountsForWhoeverTookIt() {
		this.sessions.hold("a", this.holder);
		this.sessions.keep("a", this.holder, SESSION, "first");
		this.store.saved(0);
		this.sessions.take("a", "second").block(PATIENCE).putBack();
		assertThat(this.store.clients).containsExactly("first", "second");
	}

	@Test
	void whoWaitsForATokenThatTurnsOutToBeBogusCostsNoFurtherLookUp() {
		this.store.answersTakes = false;
		List<CompletableFuture<TakenSession>> both = List.of(take(), take());
		assertThat(both).noneMatch(CompletableFuture::isDone);
		this.store.lookUp.tryEmitEmpty();
		assertThat(both).allSatisfy((taken) -> assertThat(taken).isCompletedWithValue(null));
		assertThat(this.store.takes).isOne();
		assertNothingIsLeft();
	}

	@Test
	void aSessionThatHasAnotherConnectionIsNotKeptByItsOldOne() {
		this.sessions.hold("a", this.holder);
		CompletableFuture<TakenSession> taken = take();
		this.holder.givenUp.tryEmitValue(SESSION);
		taken.join().granted();
		this.sessions.keep("a", this.holder, SESSION, null);
		assertThat(take()).isCompletedWithValue(null);
		assertThat(this.store.saves).isEmpty();
		assertNothingIsLeft();
	}

	@Test
	void aSaveThatNeverEndsIsForgottenInTimeAndToldOnce(CapturedOutput output) {
		StreamSessions sessions = new StreamSessions(this.store, Duration.ofMillis(100));
		for (String key : List.of("a", "b")) {
			sessions.hold(key, this.holder);
			sessions.keep(key, this.holder, SESSION, null);
		}
		assertThat(sessions.take("a", null).block(PATIENCE)).isNull();
		await().atMost(PATIENCE).until(() -> places(sessions).isEmpty());
		assertThat(output).containsOnlyOnce("Sessions of streams cannot be kept at present");
	}

	@Test
	void savesThatFailAreToldOnceThoughTakesSucceed(CapturedOutput output) {
		StreamSessions sessions = new StreamSessions(this.store, Duration.ofMillis(1));
		for (int i = 0; i < 5; i++) {
			sessions.hold("a", this.holder);
			sessions.keep("a", this.holder, SESSION, null);
			await().atMost(PATIENCE).until(() -> places(sessions).isEmpty());
			assertThat(sessions.take("b", null).block(PATIENCE)).isNull();
		}
		assertThat(output).containsOnlyOnce("Sessions of streams cannot be kept at present");
	}

	@Test
	void aStoreThatNeverAnswersCostsTheSession() {
		StreamSessions sessions = new StreamSessions(this.store, Duration.ofMillis(100));
		this.store.answersTakes = false;
		assertThat(sessions.take("a", null).block(PATIENCE)).isNull();
		assertThat(places(sessions)).isEmpty();
	}

	@Test
	void aConnectionThatNeverAnswersCostsTheSession() {
		StreamSessions sessions = new StreamSessions(this.store, Duration.ofMillis(100));
		sessions.hold("a", this.holder);
		assertThat(sessions.take("a", null).block(PATIENCE)).isNull();
		assertThat(places(sessions)).isEmpty();
	}

	@Test
	void aConnectionThatCannotGiveItsSessionUpCostsTheSession() {
		this.sessions.hold("a", () -> Mono.error(new RejectedExecutionException("event executor terminated")));
		assertThat(take()).isCompletedWithValue(null);
		assertNothingIsLeft();
	}

	@Test
	void aStoreThatThrowsCostsTheSessionAndIsToldOnce(CapturedOutput output) {
		StreamSessions sessions = new StreamSessions(new ThrowingStore(new IllegalStateException("thrown")));
		sessions.hold("a", this.holder);
		sessions.keep("a", this.holder, SESSION, null);
		assertThat(sessions.take("a", null).block(PATIENCE)).isNull();
		assertThat(places(sessions)).isEmpty();
		assertThat(output).containsOnlyOnce("Sessions of streams cannot be kept at present");
	}

	@Test
	void aStoreThatThrowsAnErrorDoesNotDisturbTheEndOfAConnection() {
		StreamSessions sessions = new StreamSessions(new ThrowingStore(new NoClassDefFoundError("thrown")));
		sessions.hold("a", this.holder);
		sessions.keep("a", this.holder, SESSION, null);
		assertThat(places(sessions)).isEmpty();
	}

	@Test
	void aStoreThatThrowsAnErrorIsAStoreWithoutTheSession() {
		StreamSessions sessions = new StreamSessions(new ThrowingStore(new NoClassDefFoundError("thrown")));
		assertThat(sessions.take("a", null).block(PATIENCE)).isNull();
		assertThat(places(sessions)).isEmpty();
	}

	private CompletableFuture<TakenSession> take() {
		return this.sessions.take("a", null).toFuture();
	}

	private void assertOneHasIt(List<CompletableFuture<TakenSession>> both) {
		assertThat(both).filteredOn(CompletableFuture::isDone)
			.singleElement()
			.satisfies((taken) -> taken.join().granted());
		assertThat(both).allMatch(CompletableFuture::isDone)
			.filteredOn((taken) -> taken.join() != null)
			.singleElement();
		assertNothingIsLeft();
	}

	private void assertNothingIsLeft() {
		assertThat(places(this.sessions)).isEmpty();
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> places(StreamSessions sessions) {
		return (Map<String, Object>) ReflectionTestUtils.getField(sessions, "places");
	}

	private static final class ScriptedHolder implements StreamSessions.Holder {

		private final Sinks.One<StreamSession> givenUp = Sinks.one();

		private int asked;

		@Override
		public Mono<StreamSession> giveUpSession() {
			this.asked++;
			return this.givenUp.asMono();
		}

	}

	/**
	 * Saves when it is told to.
	 */
	private static final class ScriptedStore implements SessionStore {

		private final Map<String, StreamSession> kept = new HashMap<>();

		private final List<Runnable> saves = new ArrayList<>();

		private final List<String> clients = new ArrayList<>();

		private final Sinks.Empty<StreamSession> lookUp = Sinks.empty();

		private boolean answersTakes = true;

		private int takes;

		@Override
		public Mono<Void> save(String key, StreamSession session, String client) {
			this.clients.add(client);
			return save(key, session);
		}

		@Override
		public Mono<Void> save(String key, StreamSession session) {
			Sinks.Empty<Void> saved = Sinks.empty();
			this.saves.add(() -> {
				this.kept.put(key, session);
				saved.tryEmitEmpty();
			});
			return saved.asMono();
		}

		void saved(int save) {
			this.saves.get(save).run();
		}

		@Override
		public Mono<StreamSession> take(String key) {
			this.takes++;
			return this.answersTakes ? Mono.justOrEmpty(this.kept.remove(key)) : this.lookUp.asMono();
		}

	}

	private record ThrowingStore(Throwable failure) implements SessionStore {

		@Override
		public Mono<Void> save(String key, StreamSession session) {
			throw fail();
		}

		@Override
		public Mono<StreamSession> take(String key) {
			throw fail();
		}

		private RuntimeException fail() {
			if (this.failure instanceof Error error) {
				throw error;
			}
			return (RuntimeException) this.failure;
		}

	}

}
