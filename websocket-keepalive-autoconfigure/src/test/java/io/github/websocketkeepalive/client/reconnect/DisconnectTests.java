package io.github.websocketkeepalive.client.reconnect;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.connection.CloseCause;

import static org.assertj.core.api.Assertions.assertThat;

class DisconnectTests {

	@Test
	void theEndOfAConnectionTellsCauseCodeReasonAndHint() {
		Disconnect end = Disconnect.closed(CloseCause.PEER_CLOSED, 1012, "reconnect-after=5", Duration.ofSeconds(2),
				null);
		assertThat(end.cause()).isEqualTo("peer-closed");
		assertThat(end.description()).isEqualTo("peer-closed 1012 \"reconnect-after=5\"");
		assertThat(end.hint()).isEqualTo(new RetryHint(Duration.ofMillis(5), false));
		assertThat(end.isRefusal()).isFalse();
	}

	@Test
	void whatHasNoReasonQuotesNone() {
		assertThat(Disconnect.closed(CloseCause.EOF, 1006, null, Duration.ZERO, null).description())
			.isEqualTo("eof 1006");
		assertThat(Disconnect.closed(CloseCause.PEER_CLOSED, 1001, "", Duration.ZERO, null).description())
			.isEqualTo("peer-closed 1001");
	}

	@Test
	void aFailureTellsItsMessageOrItsClass() {
		assertThat(Disconnect.failed(HandshakeFailure.REFUSED, new IOException("there")).description())
			.isEqualTo("nothing listens there: there");
		assertThat(Disconnect.failed(HandshakeFailure.REFUSED, new IOException("refused: a.org/192.0.2.1:80"))
			.description()).isEqualTo("nothing listens there: refused: 192.0.2.1:80");
		assertThat(Disconnect.failed(HandshakeFailure.NETWORK, new IOException()).description())
			.isEqualTo("the network failed: IOException");
	}

	@Test
	void aUriThatCannotBeReadIsNotQuoted() {
		try {
			URI.create("ws://user:secret@host/a b");
		}
		catch (IllegalArgumentException ex) {
			assertThat(Disconnect.failed(HandshakeFailure.REQUEST, ex).description())
				.isEqualTo("the request could not be made: the URI cannot be read: Illegal character in path");
		}
	}

	@Test
	void aRefusalHasTheStatusForItsCode() {
		Disconnect refusal = Disconnect.refused(1000, null, new IOException());
		assertThat(refusal.isRefusal()).isTrue();
		assertThat(refusal.code()).isEqualTo(1000);
		assertThat(refusal.isNormal()).isFalse();
	}

}
