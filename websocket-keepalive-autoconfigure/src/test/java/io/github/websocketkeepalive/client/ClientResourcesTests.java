package io.github.websocketkeepalive.client;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.github.websocketkeepalive.test.Listening;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ClientResourcesTests {

	private final List<String> told = new ArrayList<>();

	@Test
	void aListenerThatFailsKeepsNobodyFromBeingTold(CapturedOutput output) {
		ClientResources resources = new ClientResources(null, null, null, new ClientConnections(),
				Listening.by(ClientListener.class, new Failing(), new Recording()), null);
		resources.reconnects("prices", "eof");
		resources.dropped("prices");
		assertThat(this.told).containsExactly("prices reconnects after eof", "prices dropped");
		assertThat(output).contains(Failing.class.getName() + " has failed");
	}

	private static final class Failing implements ClientListener {

		@Override
		public void onReconnect(String client, String cause) {
			throw new IllegalStateException("bug");
		}

		@Override
		public void onDropped(String client) {
			throw new IllegalStateException("bug");
		}

	}

	private final class Recording implements ClientListener {

		@Override
		public void onReconnect(String client, String cause) {
			ClientResourcesTests.this.told.add(client + " reconnects after " + cause);
		}

		@Override
		public void onDropped(String client) {
			ClientResourcesTests.this.told.add(client + " dropped");
		}

	}

}
