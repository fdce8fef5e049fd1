package io.github.websocketkeepalive.guard;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.websocketkeepalive.connection.CloseCause;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GuardState}, on a clock that the tests advance.
 */
class GuardStateTests {

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private static final GuardPolicy POLICY = GuardPolicy.of(1000, Duration.ofSeconds(10), 10, 20, null, 0, 1000, true);

	private final GuardState state = new GuardState(POLICY, 0);

	@Test
	void aBurstIsAllowedAndOneMoreIsAFlood() {
		assertThat(allowed(0, 100)).isEqualTo(20);
		Violation violation = this.state.control(0);
		assertThat(violation).isNotNull();
		assertThat(violation.cause()).isEqualTo(CloseCause.CONTROL_FLOOD);
		assertThat(violation.status().code()).isEqualTo(1008);
	}

	@Test
	void theRateIsAllowedForEver() {
		for (int tenth = 0; tenth < 10_000; tenth++) {
			assertThat(this.state.control(tenth * SECOND / 10)).isNull();
		}
	}

	@Test
	void moreThanTheRateIsAFloodInTheEnd() {
		int second = 0;
		while (allowed(second * SECOND, 12) == 12) {
			second++;
		}
		assertThat(second).isBetween(5, 10);
	}

	@Test
	void idlenessEarnsNoMoreThanOneBurst() {
		assertThat(allowed(1000 * SECOND, 100)).isEqualTo(20);
	}

	@Test
	void whatWasSentAtTheRateWhileNobodyReadIsNoFlood() {
		allowed(0, 20);
		this.state.excuse();
		assertThat(allowed(100 * SECOND, 2000)).isEqualTo(1000);
		assertThat(allowed(200 * SECOND, 100)).isEqualTo(20);
	}

	@Test
	void onlyTheLatestPingIsKept() {
		PingWebSocketFrame first = ping();
		PingWebSocketFrame second = ping();
		this.state.keep(first);
		this.state.keep(second);
		assertThat(first.refCnt()).isZero();
		assertThat(this.state.takePing()).isSameAs(second);
		assertThat(this.state.takePing()).isNull();
		assertThat(second.refCnt()).isOne();
		second.release();
	}

	@Test
	void aKeptPingIsReleasedAtTheEnd() {
		PingWebSocketFrame ping = ping();
		this.state.keep(ping);
		this.state.end();
		assertThat(ping.refCnt()).isZero();
		assertThat(this.state.isEnded()).isTrue();
	}

	@Test
	void textMayBeCutWithinACharacter() {
		byte[] text = "a😀b".getBytes(StandardCharsets.UTF_8);
		for (int cut = 0; cut <= text.length; cut++) {
			assertThat(first(Arrays.copyOf(text, cut))).isNull();
			assertThat(next(true, Arrays.copyOfRange(text, cut, text.length))).isNull();
		}
	}

	@Test
	void badTextIsFoundBeforeItsMessageEnds() {
		assertThat(first(new byte[] { (byte) 0xF0, (byte) 0x9F })).isNull();
		assertCode(next(false, new byte[] { 'a' }), 1007);
	}

	@Test
	void textThatEndsWithinACharacterIsBad() {
		assertThat(first(new byte[] { (byte) 0xF0, (byte) 0x9F })).isNull();
		assertCode(next(true, new byte[0]), 1007);
	}

	@Test
	void binaryMessagesAreNotText() {
		byte[] bytes = { (byte) 0xFF };
		assertThat(this.state.fragment(new BinaryWebSocketFrame(false, 0, Unpooled.wrappedBuffer(bytes)), -1)).isNull();
		assertThat(next(true, bytes)).isNull();
	}

	@Test
	void textIsNotCheckedUnlessStrict() {
		GuardState lenient = new GuardState(GuardPolicy.of(1, Duration.ofSeconds(1), 1, 1, null, 0, 1, false), 0);
		assertThat(lenient.fragment(new TextWebSocketFrame(false, 0, Unpooled.wrappedBuffer(new byte[] { -1 })), -1))
			.isNull();
	}

	@Test
	void aMessageMayBeAsLargeAsTheApplicationTakes() {
		for (int message = 0; message < 3; message++) {
			assertThat(this.state.fragment(new TextWebSocketFrame(false, 0, "12345"), 10)).isNull();
			assertThat(this.state.fragment(continuation(true, "67890"), 10)).isNull();
		}
		assertThat(this.state.fragment(new TextWebSocketFrame(false, 0, "12345"), 10)).isNull();
		Violation violation = this.state.fragment(continuation(false, "678901"), 10);
		assertCode(violation, 1009);
		assertThat(violation.cause()).isEqualTo(CloseCause.TOO_LARGE);
	}

	@ParameterizedTest
	@ValueSource(ints = { 10, 65536, 20 * 1024 * 1024 })
	void aMessageMayHaveManyFragmentsButNotEndlesslyManyEmptyOnes(int maxBytes) {
		long most = FragmentedMessage.maxCost(maxBytes) / FragmentedMessage.FRAGMENT_COST;
		this.state.fragment(new TextWebSocketFrame(false, 0, ""), maxBytes);
		for (int i = 1; i < most; i++) {
			assertThat(this.state.fragment(continuation(false, ""), maxBytes)).isNull();
		}
		Violation violation = this.state.fragment(continuation(false, ""), maxBytes);
		assertCode(violation, 1009);
		assertThat(violation.cause()).isEqualTo(CloseCause.TOO_LARGE);
	}

	@Test
	void emptyFragmentsMayCostThreeMegabytesByDefault() {
		assertThat(FragmentedMessage.maxCost(65536)).isEqualTo(3 * 1024 * 1024);
	}

	// Cases 9.3 and 9.4 of Autobahn: 4 MB in fragments of 64 bytes and more.
	@ParameterizedTest
	@CsvSource({ "65536, 65536, 4", "65536, 65536, 64", "20971520, 4194304, 64", "20971520, 4194304, 256",
			"20971520, 20971520, 64" })
	void theLargestMessageMayComeInSmallFragments(int maxBytes, int size, int fragment) {
		String payload = "x".repeat(fragment);
		assertThat(this.state.fragment(new TextWebSocketFrame(false, 0, payload), maxBytes)).isNull();
		for (int sent = fragment; sent < size; sent += fragment) {
			assertThat(this.state.fragment(continuation(sent + fragment == size, payload), maxBytes)).isNull();
		}
	}

	@Test
	void whoTakesFragmentsAsTheyComeMayTakeEndlesslyMany() {
		this.state.fragment(new TextWebSocketFrame(false, 0, ""), -1);
		for (int i = 0; i < 50_000; i++) {
			assertThat(this.state.fragment(continuation(false, "a"), -1)).isNull();
		}
	}

	private int allowed(long now, int frames) {
		for (int i = 0; i < frames; i++) {
			if (this.state.control(now) != null) {
				return i;
			}
		}
		return frames;
	}

	private static PingWebSocketFrame ping() {
		return new PingWebSocketFrame(Unpooled.buffer().writeByte(1));
	}

	private @Nullable Violation first(byte[] text) {
		return this.state.fragment(new TextWebSocketFrame(false, 0, Unpooled.wrappedBuffer(text)), -1);
	}

	private @Nullable Violation next(boolean last, byte[] bytes) {
		return this.state.fragment(new ContinuationWebSocketFrame(last, 0, Unpooled.wrappedBuffer(bytes)), -1);
	}

	private static WebSocketFrame continuation(boolean last, String text) {
		return new ContinuationWebSocketFrame(last, 0, text);
	}

	private static void assertCode(@Nullable Violation violation, int code) {
		assertThat(violation).isNotNull();
		assertThat(violation.status().code()).isEqualTo(code);
	}

}
