package io.github.websocketkeepalive.stream.history;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LinkProxyTests {

	private static final int PATIENCE_MILLIS = 30_000;

	private final ServerSocket server = listen();

	private final LinkProxy proxy = new LinkProxy(this.server.getLocalPort());

	@AfterEach
	void close() throws IOException {
		this.proxy.close();
		this.server.close();
	}

	@Test
	void bytesGoBothWays() throws IOException {
		try (Socket client = connect(); Socket accepted = accept(this.server)) {
			client.getOutputStream().write(1);
			assertThat(accepted.getInputStream().read()).isEqualTo(1);
			accepted.getOutputStream().write(2);
			assertThat(client.getInputStream().read()).isEqualTo(2);
		}
	}

	@Test
	void bytesOfAFrozenLinkComeInOrderOnceItIsThawed() throws IOException {
		try (Socket client = connect(); Socket accepted = accept(this.server)) {
			this.proxy.freeze();
			client.getOutputStream().write(1);
			client.getOutputStream().write(2);
			accepted.setSoTimeout(50);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> accepted.getInputStream().read());
			this.proxy.thaw();
			accepted.setSoTimeout(PATIENCE_MILLIS);
			assertThat(accepted.getInputStream().readNBytes(2)).containsExactly(1, 2);
		}
	}

	@Test
	void requestsComeThoughAnswersAreHeld() throws IOException {
		try (Socket client = connect(); Socket accepted = accept(this.server)) {
			this.proxy.holdAnswers();
			client.getOutputStream().write(1);
			assertThat(accepted.getInputStream().read()).isEqualTo(1);
			accepted.getOutputStream().write(2);
			client.setSoTimeout(50);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> client.getInputStream().read());
			this.proxy.thaw();
			client.setSoTimeout(PATIENCE_MILLIS);
			assertThat(client.getInputStream().read()).isEqualTo(2);
		}
	}

	@Test
	void connectionsOfACutLinkAreReset() throws IOException {
		try (Socket client = connect(); Socket accepted = accept(this.server)) {
			this.proxy.cut();
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> client.getInputStream().read())
				.withMessageContaining("reset");
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> accepted.getInputStream().read())
				.withMessageContaining("reset");
		}
	}

	@Test
	void aLinkThatIsHealedAcceptsAgain() throws IOException {
		this.proxy.cut();
		this.proxy.heal();
		bytesGoBothWays();
	}

	@Test
	void aLinkThatPointsToAnotherServerConnectsThere() throws IOException {
		try (ServerSocket other = listen(); Socket before = connect(); Socket accepted = accept(this.server)) {
			this.proxy.pointTo(other.getLocalPort());
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> before.getInputStream().read())
				.withMessageContaining("reset");
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> accepted.getInputStream().read())
				.withMessageContaining("reset");
			try (Socket client = connect(); Socket there = accept(other)) {
				client.getOutputStream().write(1);
				assertThat(there.getInputStream().read()).isEqualTo(1);
			}
		}
	}

	private static ServerSocket listen() {
		try {
			return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Socket connect() throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.proxy.port());
		socket.setSoTimeout(PATIENCE_MILLIS);
		return socket;
	}

	private static Socket accept(ServerSocket server) throws IOException {
		Socket socket = server.accept();
		socket.setSoTimeout(PATIENCE_MILLIS);
		return socket;
	}

}
