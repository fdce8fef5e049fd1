package io.github.websocketkeepalive.mapping;

import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.NettyDataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link EchoWebSocketHandler}.
 */
class EchoWebSocketHandlerTests {

	private static final NettyDataBufferFactory BUFFERS = new NettyDataBufferFactory(Unpooled.buffer().alloc());

	@Test
	void sendsTextAndBinaryBackAndNothingElse() {
		List<WebSocketMessage> received = List.of(message(WebSocketMessage.Type.TEXT),
				message(WebSocketMessage.Type.PING), message(WebSocketMessage.Type.BINARY),
				message(WebSocketMessage.Type.PONG));
		List<WebSocketMessage> sent = new ArrayList<>();
		WebSocketSession session = mock(WebSocketSession.class);
		given(session.receive()).willReturn(Flux.fromIterable(received));
		given(session.send(any())).willAnswer((invocation) -> {
			Publisher<WebSocketMessage> messages = invocation.getArgument(0);
			return Flux.from(messages).doOnNext(sent::add).then();
		});
		new EchoWebSocketHandler().handle(session).block();
		assertThat(sent).containsExactly(received.get(0), received.get(2));
		assertThat(received).extracting((message) -> buffer(message).refCnt()).containsExactly(2, 1, 2, 1);
	}

	private static WebSocketMessage message(WebSocketMessage.Type type) {
		return new WebSocketMessage(type, BUFFERS.wrap(Unpooled.buffer().writeByte(1)));
	}

	private static ByteBuf buffer(WebSocketMessage message) {
		return ((NettyDataBuffer) message.getPayload()).getNativeBuffer();
	}

}
