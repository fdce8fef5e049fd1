package io.github.websocketkeepalive.mapping;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link OffloadingWebSocketHandler}.
 */
class OffloadingWebSocketHandlerTests {

	private final Scheduler scheduler = Schedulers.newSingle("offload-test");

	private final List<String> calls = new ArrayList<>();

	@AfterEach
	void dispose() {
		this.scheduler.dispose();
	}

	@Test
	void callsTheHandlerOnTheSchedulerOnceItIsSubscribedTo() {
		Mono<Void> handling = offloading((session) -> {
			this.calls.add(Thread.currentThread().getName());
			assertThat(session).isInstanceOf(OffloadedWebSocketSession.class);
			return Mono.fromRunnable(() -> this.calls.add(Thread.currentThread().getName()));
		}).handle(mock(WebSocketSession.class));
		assertThat(this.calls).isEmpty();
		handling.block();
		assertThat(this.calls).hasSize(2).allMatch((thread) -> thread.startsWith("offload-test"));
	}

	@Test
	void aHandlerThatThrowsFailsAsOneThatReturnsAnError() {
		Mono<Void> handling = offloading((session) -> {
			throw new IllegalStateException("broken handler");
		}).handle(mock(WebSocketSession.class));
		assertThatThrownBy(handling::block).hasMessage("broken handler");
	}

	@Test
	void speaksTheSubprotocolsOfTheHandler() {
		WebSocketHandler handler = new WebSocketHandler() {

			@Override
			public List<String> getSubProtocols() {
				return List.of("chat");
			}

			@Override
			public Mono<Void> handle(WebSocketSession session) {
				return Mono.empty();
			}

		};
		assertThat(offloading(handler).getSubProtocols()).containsExactly("chat");
	}

	private OffloadingWebSocketHandler offloading(WebSocketHandler handler) {
		return new OffloadingWebSocketHandler(handler, this.scheduler);
	}

}
