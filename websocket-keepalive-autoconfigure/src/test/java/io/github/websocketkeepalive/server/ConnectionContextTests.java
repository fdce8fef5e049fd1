package io.github.websocketkeepalive.server;

import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;

import io.netty.channel.Channel;
import io.netty.channel.ChannelId;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

import io.github.websocketkeepalive.connection.ConnectionId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;

/**
 * Tests for {@link ConnectionContext}.
 */
class ConnectionContextTests {

	private static final String KEY = ConnectionContextWebFilter.CONNECTION_ID;

	private static final String ID = ConnectionId.of("long-text");

	private final ChannelId channelId = mock(ChannelId.class);

	private final Channel channel = mock(Channel.class);

	private final Context context = context(Context.of("user", "ada"));

	@Test
	void itHasTheIdAndWhatTheContextHas() {
		assertThat(this.context.<String>get(KEY)).isEqualTo(ID);
		assertThat(this.context.<Channel>get(Channel.class)).isSameAs(this.channel);
		assertThat(this.context.<String>get("user")).isEqualTo("ada");
		assertThat(this.context.hasKey(KEY)).isTrue();
		assertThat(this.context.hasKey("user")).isTrue();
		assertThat(this.context.size()).isEqualTo(3);
		assertThat(this.context.isEmpty()).isFalse();
		assertThat(asMap(this.context)).isEqualTo(Map.of(KEY, ID, Channel.class, this.channel, "user", "ada"));
	}

	@Test
	void whatNeitherHasIsMissing() {
		assertThat(this.context.hasKey("role")).isFalse();
		assertThat(this.context.<String>getOrEmpty("role")).isEmpty();
		assertThat(this.context.<String>getOrDefault("role", "none")).isEqualTo("none");
		assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(() -> this.context.get("role"));
	}

	@Test
	void theIdIsMadeOnceAndOnlyWhenItIsAskedFor() {
		assertThat(this.context.hasKey(KEY)).isTrue();
		assertThat(this.context.size()).isEqualTo(3);
		then(this.channelId).should(never()).asLongText();
		assertThat(this.context.<String>get(KEY)).isSameAs(this.context.<String>get(KEY));
		assertThat(this.context).hasToString("ConnectionContext[" + ID + ", Context1{user=ada}]");
		then(this.channelId).should(times(1)).asLongText();
	}

	@Test
	void whatIsPutIsThereBesidesTheId() {
		Context more = this.context.put("role", "admin").put("user", "bob");
		assertThat(asMap(more)).isEqualTo(Map.of(KEY, ID, Channel.class, this.channel, "user", "bob", "role", "admin"));
		assertThat(more.size()).isEqualTo(4);
		assertThat(asMap(this.context)).isEqualTo(Map.of(KEY, ID, Channel.class, this.channel, "user", "ada"));
	}

	@Test
	void anotherIdMayBePutInThePlaceOfIts() {
		Context other = this.context.put(KEY, "other");
		assertThat(asMap(other)).isEqualTo(Map.of(KEY, "other", Channel.class, this.channel, "user", "ada"));
		assertThat(other.size()).isEqualTo(3);
	}

	@Test
	void itTakesThePlaceOfAnIdThatIsThere() {
		Context forwarded = context(Context.of(KEY, "other", "user", "ada"));
		assertThat(asMap(forwarded)).isEqualTo(Map.of(KEY, ID, Channel.class, this.channel, "user", "ada"));
		assertThat(forwarded.size()).isEqualTo(3);
	}

	@Test
	void whatIsDeletedIsMissing() {
		assertThat(asMap(this.context.delete("user"))).isEqualTo(Map.of(KEY, ID, Channel.class, this.channel));
		assertThat(asMap(this.context.delete(KEY))).isEqualTo(Map.of(Channel.class, this.channel, "user", "ada"));
		assertThat(this.context.delete("role")).isSameAs(this.context);
		assertThat(this.context.delete("user").delete(KEY).delete(Channel.class).isEmpty()).isTrue();
	}

	@Test
	void contextsMergeWithItInBothDirections() {
		Map<Object, Object> all = Map.of(KEY, ID, Channel.class, this.channel, "user", "ada", "role", "admin");
		assertThat(asMap(this.context.putAll(Context.of("role", "admin").readOnly()))).isEqualTo(all);
		assertThat(asMap(Context.of("role", "admin").putAll(this.context.readOnly()))).isEqualTo(all);
		assertThat(asMap(this.context.putAllMap(Map.of("role", "admin")))).isEqualTo(all);
	}

	@Test
	void nothingIsPutUnderNullAndNoNullIsPut() {
		assertThatNullPointerException().isThrownBy(() -> this.context.put("role", null));
		assertThatNullPointerException().isThrownBy(() -> this.context.put(KEY, null));
		assertThatNullPointerException().isThrownBy(() -> this.context.put(null, "admin"));
	}

	@Test
	void aHandlerFindsTheIdThroughOperatorsThatChangeTheContext() {
		String found = Mono.deferContextual((context) -> Mono.just(context.<String>get(KEY)))
			.contextWrite((context) -> context.put("role", "admin"))
			.contextWrite((context) -> new ConnectionContext(context, this.channel))
			.contextWrite(Context.of("user", "ada"))
			.block();
		assertThat(found).isEqualTo(ID);
	}

	private Context context(Context outer) {
		given(this.channel.id()).willReturn(this.channelId);
		given(this.channelId.asLongText()).willReturn("long-text");
		return new ConnectionContext(outer, this.channel);
	}

	private static Map<Object, Object> asMap(Context context) {
		return context.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
	}

}
