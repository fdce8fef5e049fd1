package io.github.websocketkeepalive.logging;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import javax.net.ssl.SSLException;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;
import reactor.netty.channel.AbortedException;

import static org.assertj.core.api.Assertions.assertThat;

class NoiseScopeTests {

	private static final String NETTY = "io.netty.channel.DefaultChannelPipeline";

	private static final String REACTOR_NETTY = "reactor.netty.http.server.HttpServerOperations";

	private final List<String> downgraded = new ArrayList<>();

	private final NoiseScope.Policy policy = new NoiseScope.Policy(Level.DEBUG, this.downgraded::add);

	private final IOException failure = new IOException("Connection reset by peer");

	@Test
	void coversTheExceptionThatIsPassedOnUntilItIsClosed() {
		try (NoiseScope scope = NoiseScope.enter(this.policy, () -> true, this.failure)) {
			assertThat(NoiseScope.covering(NETTY, this.failure)).isSameAs(scope);
			assertThat(NoiseScope.covering(NETTY, new IllegalStateException(this.failure))).isSameAs(scope);
		}
		assertThat(NoiseScope.covering(NETTY, this.failure)).isNull();
	}

	@Test
	void doesNotCoverAnotherExceptionWithTheSameText() {
		try (NoiseScope scope = NoiseScope.enter(this.policy, () -> true, this.failure)) {
			assertThat(NoiseScope.covering(NETTY, new IOException("Connection reset by peer"))).isNull();
			assertThat(NoiseScope.covering(NETTY, new ClosedChannelException())).isNull();
			assertThat(NoiseScope.covering(REACTOR_NETTY, AbortedException.beforeSend())).isNull();
		}
	}

	@Test
	void coversWhatOnlyTellsThatAChannelIsClosedWhereNoExceptionIsPassedOn() {
		try (NoiseScope scope = NoiseScope.enter(this.policy, () -> true, null)) {
			assertThat(NoiseScope.covering(NETTY, new ClosedChannelException())).isSameAs(scope);
			assertThat(NoiseScope.covering(REACTOR_NETTY, AbortedException.beforeSend())).isSameAs(scope);
			assertThat(NoiseScope.covering(REACTOR_NETTY, null)).isSameAs(scope);
			assertThat(NoiseScope.covering(REACTOR_NETTY, this.failure)).isNull();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "com.example.Handler", "reactor.netty.http.client.HttpClientConnect",
			"org.springframework.web.reactive.Some", "io.nettyish.Some" })
	void doesNotCoverWhatOthersLog(String logger) {
		try (NoiseScope scope = NoiseScope.enter(this.policy, () -> true, this.failure)) {
			assertThat(NoiseScope.covering(logger, this.failure)).isNull();
			assertThat(NoiseScope.covering(logger, null)).isNull();
		}
	}

	@Test
	void asksForTheStateOfTheConnectionWithEachLine() {
		AtomicBoolean gone = new AtomicBoolean();
		try (NoiseScope scope = NoiseScope.enter(this.policy, gone::get, this.failure)) {
			assertThat(NoiseScope.covering(NETTY, this.failure)).isNull();
			gone.set(true);
			assertThat(NoiseScope.covering(NETTY, this.failure)).isSameAs(scope);
		}
	}

	@Test
	void theInnermostScopeCounts() {
		try (NoiseScope outer = NoiseScope.enter(this.policy, () -> true, this.failure)) {
			try (NoiseScope inner = NoiseScope.enter(this.policy, () -> false, this.failure)) {
				assertThat(NoiseScope.covering(NETTY, this.failure)).isNull();
			}
			assertThat(NoiseScope.covering(NETTY, this.failure)).isSameAs(outer);
		}
	}

	@Test
	void coversNothingOnAnotherThread() {
		try (NoiseScope scope = NoiseScope.enter(this.policy, () -> true, this.failure)) {
			assertThat(CompletableFuture.supplyAsync(() -> NoiseScope.covering(NETTY, this.failure) != null).join())
				.isFalse();
		}
	}

	@Test
	void coversAConnectionThatIsGoneOnlyWhereItsServerHasAPolicy() {
		EmbeddedChannel server = new EmbeddedChannel();
		try (NoiseScope scope = NoiseScope.enterIfGone(server, this.failure)) {
			assertThat(NoiseScope.covering(NETTY, this.failure)).isNull();
		}
		NoiseScope.apply(server, this.policy);
		try (NoiseScope scope = NoiseScope.enterIfGone(server, this.failure)) {
			assertThat(NoiseScope.covering(NETTY, this.failure)).isSameAs(scope);
		}
		try (NoiseScope scope = NoiseScope.enterIfGone(server, new SSLException("bad record"))) {
			assertThat(NoiseScope.covering(NETTY, this.failure)).isNull();
		}
	}

	@Test
	void whatAPeerBreaksIsLoggedInFullOnceForEachLoggerAndType() {
		EmbeddedChannel server = new EmbeddedChannel();
		NoiseScope.apply(server, this.policy);
		DecoderException broken = new DecoderException("not masked");
		List<Supplier<NoiseScope>> scopes = List.of(() -> NoiseScope.enterLimited(server),
				() -> NoiseScope.enterIfGone(server, broken), () -> NoiseScope.enterIfGone(server, false));
		for (Supplier<NoiseScope> enter : scopes) {
			boolean first = enter == scopes.get(0);
			try (NoiseScope scope = enter.get()) {
				assertThat(NoiseScope.covering(NETTY, broken) == null).isEqualTo(first);
				assertThat(NoiseScope.covering(REACTOR_NETTY, broken) == null).isEqualTo(first);
				assertThat(NoiseScope.covering(NETTY, new ClosedChannelException()) == null).isEqualTo(first);
				assertThat(NoiseScope.covering(NETTY, new IllegalStateException(broken))).isSameAs(scope);
				assertThat(NoiseScope.covering(REACTOR_NETTY, null) == null).isEqualTo(first);
			}
		}
	}

	@Test
	void whatAnApplicationFailsWithIsNeverLimited() {
		EmbeddedChannel server = new EmbeddedChannel();
		NoiseScope.apply(server, this.policy);
		try (NoiseScope scope = NoiseScope.enterLimited(server)) {
			for (int i = 0; i < 3; i++) {
				assertThat(NoiseScope.covering(NETTY, new IllegalStateException("bug"))).isNull();
				assertThat(NoiseScope.covering("com.example.Handler", new ClosedChannelException())).isNull();
			}
		}
	}

	@Test
	void whatOnlyAServerCanSayIsLimitedOnAThreadOutsideOfScopesToo() {
		NoiseScope.limitThread(this.policy);
		try {
			assertThat(malformed()).isFalse();
			assertThat(malformed()).isTrue();
			try (NoiseScope scope = NoiseScope.enter(this.policy, () -> false, null)) {
				assertThat(malformed()).isTrue();
			}
		}
		finally {
			NoiseScope.unlimitThread(this.policy);
		}
		assertThat(malformed()).isFalse();
	}

	@Test
	void whatAnApplicationOrItsClientsMayHaveCausedIsNotLimitedOutsideOfScopes() {
		NoiseScope.limitThread(this.policy);
		try {
			for (int i = 0; i < 3; i++) {
				assertThat(NoiseScope.covering(NETTY, this.failure)).isNull();
				assertThat(NoiseScope.covering(NETTY, new CorruptedFrameException("bad"))).isNull();
				assertThat(NoiseScope.covering(REACTOR_NETTY, new IllegalStateException("bug"))).isNull();
				assertThat(NoiseScope.covering(REACTOR_NETTY, null)).isNull();
				assertThat(NoiseScope.covering("com.example.Handler", protocolError())).isNull();
				assertThat(NoiseScope.covering("reactor.core.publisher.Operators",
						new WebSocketClientHandshakeException("403")))
					.isNull();
				assertThat(NoiseScope.covering("reactor.netty.channel.FluxReceive", protocolError())).isNull();
			}
		}
		finally {
			NoiseScope.unlimitThread(this.policy);
		}
	}

	@Test
	void duringAHandshakeOnlyTheTextOfWebFluxIsLimited() {
		EmbeddedChannel server = new EmbeddedChannel();
		NoiseScope.apply(server, this.policy);
		String adapter = "org.springframework.web.server.adapter.HttpWebHandlerAdapter";
		try (NoiseScope scope = NoiseScope.enterHandshake(server)) {
			assertThat(NoiseScope.covering(adapter, null)).isNull();
			assertThat(NoiseScope.covering(adapter, null)).isSameAs(scope);
			for (int i = 0; i < 3; i++) {
				assertThat(NoiseScope.covering(adapter, this.failure)).isNull();
				assertThat(NoiseScope.covering("reactor.core.publisher.Operators", this.failure)).isNull();
			}
		}
	}

	@Test
	void anotherApplicationDoesNotEndWhatLimitsAThread() {
		NoiseScope.limitThread(this.policy);
		NoiseScope.unlimitThread(new NoiseScope.Policy(Level.DEBUG, this.downgraded::add));
		malformed();
		assertThat(malformed()).isTrue();
		NoiseScope.unlimitThread(this.policy);
	}

	@Test
	void aLineAdmittedByItsScopeIsNotCountedTwice() {
		EmbeddedChannel server = new EmbeddedChannel();
		NoiseScope.apply(server, this.policy);
		NoiseScope.limitThread(this.policy);
		try (NoiseScope scope = NoiseScope.enterLimited(server)) {
			assertThat(malformed()).isFalse();
			assertThat(malformed()).isTrue();
		}
		finally {
			NoiseScope.unlimitThread(this.policy);
		}
	}

	private static boolean malformed() {
		return NoiseScope.covering(NETTY, protocolError()) != null;
	}

	private static Http2Exception protocolError() {
		return Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "deliberate");
	}

	@Test
	void nothingIsLimitedWhereTheServerHasNoPolicy() {
		try (NoiseScope scope = NoiseScope.enterLimited(new EmbeddedChannel())) {
			assertThat(NoiseScope.covering(NETTY, new ClosedChannelException())).isNull();
			assertThat(NoiseScope.covering(NETTY, new ClosedChannelException())).isNull();
		}
	}

	@Test
	void tellsThePolicyAndKeepsWhatLogsTheLineAfterAll() {
		List<Runnable> withheld = new ArrayList<>();
		Runnable original = () -> {
		};
		try (NoiseScope scope = NoiseScope.enter(this.policy, () -> true, this.failure, withheld::add)) {
			scope.downgraded(NETTY, original);
		}
		assertThat(this.downgraded).containsExactly(NETTY);
		assertThat(withheld).containsExactly(original);
	}

	@Test
	void everyScopeAsksItsFiltersToBeInPlace() {
		AtomicInteger asked = new AtomicInteger();
		Runnable filter = asked::incrementAndGet;
		NoiseScope.addFilter(filter);
		NoiseScope.enter(this.policy, () -> true, null).close();
		NoiseScope.removeFilter(filter);
		NoiseScope.enter(this.policy, () -> true, null).close();
		assertThat(asked).hasValue(1);
	}

}
