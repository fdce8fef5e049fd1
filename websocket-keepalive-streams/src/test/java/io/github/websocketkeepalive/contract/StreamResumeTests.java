package io.github.websocketkeepalive.contract;

import java.io.IOException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.StreamPeer;
import io.github.websocketkeepalive.test.StreamServers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that close a connection and continue its session at once on another one, which
 * is open already, so that nothing gives the server time.
 */
@ParameterizedClass
@EnumSource(StreamServers.Kind.class)
@ExtendWith(LeakDetection.class)
class StreamResumeTests {

	private static StreamServers servers;

	@Parameter
	private StreamServers.Kind kind;

	@BeforeParameterizedClassInvocation
	static void start(StreamServers.Kind kind) {
		servers = StreamServers.start(kind);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		servers.close();
	}

	@Test
	void aSessionThatWasClosedInOrderComesBackAtOnce() throws IOException {
		assertThat(recoveredOf(50)).as("on %s", this.kind).isEqualTo(50);
	}

	@Test
	@Tag("slow")
	void aSessionThatWasClosedInOrderComesBackAtOnceAThousandTimes() throws IOException {
		assertThat(recoveredOf(1000)).as("on %s", this.kind).isEqualTo(1000);
	}

	/**
	 * Close and resume, each time on the next server.
	 * @return how many times the session was recovered
	 */
	private static int recoveredOf(int times) throws IOException {
		int recovered = 0;
		StreamPeer peer = servers.connect(0);
		try {
			peer.send("{'type':'session'}");
			JsonNode session = peer.read("session");
			for (int i = 1; i <= times; i++) {
				StreamPeer next = servers.connect(i);
				peer.raw().sendClose(1000, "");
				peer.raw().read(RawClient.CLOSE);
				next.send("{'type':'session','token':'%s'}".formatted(session.get("token").asString()));
				session = next.read("session");
				recovered += session.get("recovered").asBoolean() ? 1 : 0;
				peer.close();
				peer = next;
			}
		}
		finally {
			peer.close();
		}
		return recovered;
	}

}
