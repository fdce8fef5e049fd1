package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.springframework.web.reactive.socket.WebSocketMessage;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.netty.http.client.WebsocketClientSpec;

import io.github.websocketkeepalive.client.KeepaliveWebSocketClient;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.ScriptedServer;

@Tag("slow")
class ClientConformanceTests extends ConformanceTests {

	private final BlockingQueue<RawClient> peers = new LinkedBlockingQueue<>();

	private final Disposable.Composite clients = Disposables.composite();

	private String[] headers = {};

	private ScriptedServer peer;

	ClientConformanceTests() {
		super(false);
	}

	@BeforeEach
	void startPeer() throws IOException {
		this.peer = ScriptedServer
			.start((connection, number) -> this.peers.add(RawClient.of(connection.open(this.headers).socket())));
	}

	@AfterEach
	void stopPeer() throws IOException {
		this.clients.dispose();
		this.peer.close();
	}

	@Override
	RawClient connect(String path, String... headers) throws IOException {
		this.headers = headers;
		this.clients.add(server.bean(KeepaliveWebSocketClient.Builder.class)
			.until((end) -> true)
			.websocketSpec(() -> WebsocketClientSpec.builder().compress(headers.length > 0))
			.build()
			.execute(URI.create("ws://localhost:" + this.peer.port() + path),
					(session) -> session.send(session.receive().doOnNext(WebSocketMessage::retain)))
			.subscribe(null, (failure) -> {
			}));
		try {
			return this.peers.poll(20, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			throw new IOException(ex);
		}
	}

}
