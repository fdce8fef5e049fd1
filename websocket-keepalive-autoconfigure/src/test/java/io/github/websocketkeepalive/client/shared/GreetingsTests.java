package io.github.websocketkeepalive.client.shared;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class GreetingsTests {

	private final Greetings greetings = new Greetings();

	@Test
	void greetingsAreRepeatedOnEveryConnectionInTheirOrder() {
		this.greetings.add(List.of(SharedMessage.text("a"), SharedMessage.text("b")));
		List<String> first = connect();
		this.greetings.add(List.of(SharedMessage.text("c")));
		assertThat(first).containsExactly("a", "b", "c");
		assertThat(connect()).containsExactly("a", "b", "c");
	}

	@Test
	void whoHasLeftIsNotGreetedFor() {
		List<SharedMessage> stays = List.of(SharedMessage.text("a"));
		List<SharedMessage> leaves = List.of(stays.get(0));
		this.greetings.add(stays);
		this.greetings.add(leaves);
		this.greetings.remove(leaves);
		assertThat(connect()).containsExactly("a");
	}

	private List<String> connect() {
		List<String> sent = new ArrayList<>();
		this.greetings.onConnection().subscribe((message) -> sent.add(message.getText()));
		return sent;
	}

}
