package com.example.security;

import java.io.IOException;
import java.util.Base64;
import java.util.List;

import io.github.websocketkeepalive.integration.Answer;
import io.github.websocketkeepalive.integration.Peer;
import io.github.websocketkeepalive.integration.UnchangedApplicationTests;

/**
 * The handlers speak first: without the starter, Reactor Netty loses what a client sends
 * at once if its password was checked on another thread.
 */
class SecurityApplicationTests extends UnchangedApplicationTests {

	SecurityApplicationTests() {
		super(SecurityApplication.class);
	}

	@Override
	protected List<Answer> ask(Peer peer) throws IOException {
		Peer browser = peer.with("Accept", "text/html");
		Peer user = peer.with("Authorization", "Basic " + Base64.getEncoder().encodeToString("ann:secret".getBytes()));
		Peer stranger = peer.with("Authorization", "Basic " + Base64.getEncoder().encodeToString("ann:x".getBytes()));
		return List.of(peer.get("/account"), browser.get("/account"), browser.get("/login"), stranger.get("/account"),
				user.get("/account"), user.request("POST", "/account", ""), user.get("/missing"), user.get("/fail"),
				user.request("OPTIONS", "/account", ""), peer.talk("/ws/echo"), browser.talk("/ws/echo"),
				stranger.talk("/ws/echo"), user.talk("/ws/echo", Peer.LISTEN, "one", "two"),
				user.talk("/ws/close", Peer.LISTEN, Peer.LISTEN), user.talk("/ws/complete", Peer.LISTEN, "one"),
				user.talk("/missing"), user.get("/ws/echo"));
	}

	@Override
	protected List<String> expected() {
		return List.of("GET /account 401", "GET /account 302", "GET /login 200", "GET /account 401", "GET /account 200",
				"POST /account 403", "GET /missing 404", "GET /fail 500", "OPTIONS /account 200", "/ws/echo 401",
				"/ws/echo 302", "/ws/echo 401", "/ws/echo 101 hello ann, one, two, 1000 done",
				"/ws/close 101 hello ann, 4001 enough", "/ws/complete 101 hello ann, 1005", "/missing 404",
				"GET /ws/echo 400");
	}

}
