package io.github.websocketkeepalive.stream.client;

import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server of streams that shares no code with ours, driven by the thread of a test.
 */
final class ScriptedStreams implements AutoCloseable {

	private static final int PATIENCE_SECONDS = 30;

	private static final JsonMapper mapper = new JsonMapper();

	private final BlockingQueue<Connection> connections = new LinkedBlockingQueue<>();

	private final ScriptedServer server;

	ScriptedStreams() throws IOException {
		this.server = ScriptedServer.start((peer, number) -> {
			peer.open("Sec-WebSocket-Protocol: resumable.v1.json");
			Connection connection = new Connection(peer);
			this.connections.add(connection);
			connection.read();
		});
	}

	URI uri() {
		return this.server.uri();
	}

	int connections() {
		return this.server.connections();
	}

	Connection accept() throws InterruptedException {
		Connection connection = this.connections.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
		assertThat(connection).as("a connection").isNotNull();
		return connection;
	}

	@Override
	public void close() throws IOException {
		this.server.close();
	}

	/**
	 * One connection.
	 */
	static final class Connection {

		private final Map<Object, BlockingQueue<Map<String, Object>>> frames = new ConcurrentHashMap<>();

		private final CountDownLatch end = new CountDownLatch(1);

		private final ScriptedServer.Peer peer;

		private volatile boolean frozen;

		private Connection(ScriptedServer.Peer peer) {
			this.peer = peer;
		}

		private void read() throws IOException {
			try {
				while (true) {
					ScriptedServer.Frame frame = this.peer.read();
					if (frame.opcode() == RawClient.TEXT) {
						Map<String, Object> map = mapper.readValue(frame.payload(), new TypeReference<>() {
						});
						about(map.get("stream")).add(map);
					}
					else if (frame.opcode() == RawClient.PING && !this.frozen) {
						this.peer.pong(frame.payload());
					}
					else if (frame.opcode() == RawClient.CLOSE) {
						this.peer.socket().close();
					}
				}
			}
			finally {
				this.end.countDown();
			}
		}

		private BlockingQueue<Map<String, Object>> about(Object stream) {
			return this.frames.computeIfAbsent(stream, (key) -> new LinkedBlockingQueue<>());
		}

		/**
		 * Await the next frame about a stream.
		 */
		Map<String, Object> next(String stream) throws InterruptedException {
			Map<String, Object> frame = about(stream).poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
			assertThat(frame).as("a frame").isNotNull();
			return frame;
		}

		/**
		 * Await a frame, the next one about its stream.
		 */
		void expect(String json) throws InterruptedException {
			Map<String, Object> frame = mapper.readValue(json.replace('\'', '"'), new TypeReference<>() {
			});
			assertThat(next((String) frame.get("stream"))).isEqualTo(frame);
		}

		void expectOpen(String stream) throws InterruptedException {
			assertThat(next(stream)).containsEntry("type", "open");
		}

		void expectAck(String stream, int offset) throws InterruptedException {
			expect("{'type': 'ack', 'stream': '%s', 'offset': %d}".formatted(stream, offset));
		}

		void expectCancel(String stream) throws InterruptedException {
			expect("{'type': 'cancel', 'stream': '%s'}".formatted(stream));
		}

		void expectEnd() throws InterruptedException {
			assertThat(this.end.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("the end").isTrue();
		}

		/**
		 * Return whether nothing has come about a stream that was not awaited.
		 */
		boolean isSilent(String stream) {
			return about(stream).isEmpty();
		}

		void send(String json) throws IOException {
			this.peer.sendText(json.replace('\'', '"'));
		}

		/**
		 * Await that a stream is opened, and open it.
		 */
		void begin(String stream) throws IOException, InterruptedException {
			expectOpen(stream);
			opened(stream, "e", 0, false, 0L);
		}

		void opened(String stream, String epoch, long offset, boolean recovered, Long missing) throws IOException {
			send("{'type': 'opened', 'stream': '%s', 'epoch': '%s', 'offset': %d, 'recovered': %b%s}".formatted(stream,
					epoch, offset, recovered, (missing != null) ? ", 'missing': " + missing : ""));
		}

		void batch(String stream, long offset, int... rows) throws IOException {
			send("{'type': 'batch', 'stream': '%s', 'offset': %d, 'items': [%s]}".formatted(stream, offset,
					Arrays.stream(rows).mapToObj(String::valueOf).collect(Collectors.joining(", "))));
		}

		void end(String stream, long offset) throws IOException {
			send("{'type': 'end', 'stream': '%s', 'offset': %d}".formatted(stream, offset));
		}

		void error(String stream, String code) throws IOException {
			send("{'type': 'error', 'stream': '%s', 'code': '%s', 'message': 'no'}".formatted(stream, code));
		}

		void close(int code) throws IOException {
			this.peer.sendCloseOnly(code, "");
		}

		void fin() throws IOException {
			this.peer.socket().close();
		}

		void reset() throws IOException {
			this.peer.reset();
		}

		void freeze() {
			this.frozen = true;
		}

	}

}
