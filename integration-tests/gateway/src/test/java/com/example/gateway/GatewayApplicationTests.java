package com.example.gateway;

import java.io.IOException;
import java.net.Socket;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import reactor.netty.DisposableServer;

import io.github.websocketkeepalive.integration.Answer;
import io.github.websocketkeepalive.integration.Peer;
import io.github.websocketkeepalive.integration.UnchangedApplicationTests;

class GatewayApplicationTests extends UnchangedApplicationTests {

	private final DisposableServer backend = Backend.start();

	private final Socket nobody = new Socket();

	GatewayApplicationTests() throws IOException {
		super(GatewayApplication.class);
		this.nobody.bind(null);
	}

	@AfterAll
	void stopBackend() throws IOException {
		this.backend.disposeNow();
		this.nobody.close();
	}

	@Override
	protected List<String> settings() {
		return List.of("--backend=" + this.backend.port(), "--nobody=" + this.nobody.getLocalPort());
	}

	@Override
	protected List<Answer> ask(Peer peer) throws IOException {
		Peer page = peer.with("Origin", "https://page.example");
		return List.of(peer.get("/pages/hello"), peer.request("POST", "/pages/hello", "tea"),
				peer.get("/pages/missing"), page.request("OPTIONS", "/pages/hello", ""), peer.get("/missing"),
				peer.get("/down/pages"), peer.get("/ws/echo"), peer.talk("/ws/echo", "one", "two"),
				page.talk("/ws/close", Peer.LISTEN), peer.talk("/ws/complete", "one"),
				peer.talk("/ws/ping", Peer.LISTEN, Peer.LISTEN), peer.talk("/ws/missing", Peer.LISTEN),
				peer.talk("/down/ws", Peer.LISTEN), peer.talk("/missing"));
	}

	@Override
	protected List<String> expected() {
		return List.of("GET /pages/hello 200", "POST /pages/hello 200", "GET /pages/missing 404",
				"OPTIONS /pages/hello 404", "GET /missing 404", "GET /down/pages 500", "GET /ws/echo 400",
				"/ws/echo 101 one, two, 1000 done", "/ws/close 101 4001 enough", "/ws/complete 101 1002",
				"/ws/ping 101 ping of the backend, pong heard, 4002 enough", "/ws/missing 101 1002 Protocol error",
				"/down/ws 101 1002 Protocol error", "/missing 404");
	}

	/**
	 * With the starter, a handler that fails is told by code 1011, as that of the gateway
	 * whose backend is down.
	 */
	@Override
	protected String documented(String essence) {
		return essence.replace("1002 Protocol error", "1011 Internal server error");
	}

}
