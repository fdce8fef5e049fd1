package com.example.mvc;

import java.io.IOException;
import java.util.List;

import io.github.websocketkeepalive.integration.Answer;
import io.github.websocketkeepalive.integration.Peer;
import io.github.websocketkeepalive.integration.UnchangedApplicationTests;

class MvcApplicationTests extends UnchangedApplicationTests {

	MvcApplicationTests() {
		super(MvcApplication.class);
	}

	@Override
	protected List<Answer> ask(Peer peer) throws IOException {
		Peer friend = peer.with("Origin", "https://friend.example");
		Peer stranger = peer.with("Origin", "https://stranger.example");
		String preflight = "Access-Control-Request-Method";
		return List.of(peer.get("/orders"), peer.request("POST", "/orders", "tea"), peer.get("/missing"),
				peer.get("/fail"), friend.get("/orders"),
				friend.with(preflight, "POST").request("OPTIONS", "/orders", ""),
				stranger.with(preflight, "POST").request("OPTIONS", "/orders", ""), peer.get("/ws/echo"),
				peer.talk("/ws/echo", "one", "two"), peer.talk("/ws/echo", "one", "enough"),
				peer.talk("/ws/echo", "complete"), peer.talk("/ws/echo", "fail"), stranger.talk("/ws/echo"),
				peer.talk("/orders"), peer.talk("/missing"),
				peer.talk("/stomp", "CONNECT\naccept-version:1.2\nhost:localhost\n\n\0"));
	}

	@Override
	protected List<String> expected() {
		return List.of("GET /orders 200", "POST /orders 201", "GET /missing 404", "GET /fail 500", "GET /orders 200",
				"OPTIONS /orders 200", "OPTIONS /orders 403", "GET /ws/echo 400", "/ws/echo 101 one, two, 1000 done",
				"/ws/echo 101 one, 4001 enough", "/ws/echo 101 1000", "/ws/echo 101 1011", "/ws/echo 403",
				"/orders 200", "/missing 404", "/stomp 101 CONNECTED|version:1.2|heart-beat:0,0|, 1000 done");
	}

	@Override
	protected List<String> expectedWarnings() {
		return List.of("WebSockets of this server are not kept alive: found TomcatWebServer");
	}

}
