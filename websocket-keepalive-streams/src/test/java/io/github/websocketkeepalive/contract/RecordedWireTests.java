package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.cbor.CBORMapper;

import io.github.websocketkeepalive.drain.Drain;
import io.github.websocketkeepalive.stream.LiveTopic;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The bytes of a server in a scripted conversation, with what is drawn by lot masked.
 */
@ExtendWith(LeakDetection.class)
class RecordedWireTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final List<String> lines = new ArrayList<>();

	@Test
	void framesOfTheHeartbeatAreAsRecorded() throws IOException {
		try (TestServer server = RecordedApplication.server().heartbeat("100ms", "200ms").start()) {
			try (RawClient client = handshake(server)) {
				RawClient.Frame ping = client.read();
				this.lines.add("< ping of " + ping.payload().length + " bytes");
				this.lines.add("(no pong)");
				see(client.read(RawClient.CLOSE));
				assertThat(client.isClosedByServer()).isTrue();
			}
		}
		Recording.of("wire-heartbeat").hasLines(this.lines.stream());
	}

	@Test
	void framesOfAConversationAreAsRecorded() throws IOException {
		try (TestServer server = RecordedApplication.server().drain(Duration.ZERO, Duration.ofMillis(100)).start()) {
			handshake(server, "Origin: https://example.com").close();
			try (RawClient client = handshake(server)) {
				client.send(RawClient.frame(true, RawClient.PING, new byte[] { 1, 2, 3 }));
				see(client.read());
				client.sendText("hello");
				see(client.read());
				client.sendClose(4711, "bye");
				see(client.read());
			}
			try (RawClient client = handshake(server)) {
				client.send(RawClient.frame(true, RawClient.PONG + 1, new byte[0]));
				see(client.read());
			}
			try (RawClient client = handshake(server)) {
				await().atMost(PATIENCE).until(() -> server.connections().count() == 1);
				server.bean(Drain.class).start();
				see(client.read());
			}
			handshake(server).close();
		}
		Recording.of("wire").hasLines(this.lines.stream());
	}

	@ParameterizedTest
	@ValueSource(strings = { "json", "cbor", "msgpack" })
	@SuppressWarnings("unchecked")
	void framesOfStreamsAreAsRecorded(String format) throws IOException {
		try (TestServer server = RecordedApplication.server().start(RecordedApplication.class);
				RawClient client = RawClient.connect(server.port(), "/ws/streams",
						"Sec-WebSocket-Protocol: resumable.v1." + format)) {
			say(client, format, "{'type':'session'}", 1);
			say(client, format,
					"{'type':'open','stream':'s1','ref':'r1','source':'rows','window':1,'request':{'a':[1,'b',null]}}",
					2);
			say(client, format, "{'type':'ack','stream':'s1','offset':2}", 2);
			say(client, format, "{'type':'open','stream':'s2','source':'rows','from':{'epoch':'0','offset':2}}", 3);
			say(client, format,
					"{'type':'open','stream':'s3','source':'rows','from':{'epoch':'1','offset':2},'window':1}", 2);
			say(client, format, "{'type':'cancel','stream':'s3'}", 1);
			say(client, format, "{'type':'open','stream':'s4','source':'nothing'}", 1);
			say(client, format, "{'type':'open','stream':7}", 1);
			say(client, format, "{'type':'open','stream':'s5','source':'news'}", 1);
			server.bean(LiveTopic.class).publish(new RecordedApplication.Row(4711, "news", 1.5, false)).block();
			see(client.read());
			say(client, format, "{'type':'ping'}", 1);
			client.sendClose(1000, "");
			see(client.read());
		}
		Recording.of("wire-streams-" + format).hasLines(this.lines.stream());
	}

	private RawClient handshake(TestServer server, String... headers) throws IOException {
		RawClient client = RawClient.connectOnly(server.port(), 0);
		client.send(RawClient.handshake("/ws/echo", headers));
		this.lines.add(("> handshake " + String.join(", ", headers)).strip());
		client.readResponse()
			.lines()
			.filter((line) -> !line.isEmpty())
			.map((line) -> "< " + line.replaceAll("(?i)(retry-after(-ms)?: )\\d+", "$1#"))
			.forEach(this.lines::add);
		return client;
	}

	private void say(RawClient client, String format, String json, int answers) throws IOException {
		this.lines.add("> " + json);
		JsonNode frame = JsonMapper.shared().readTree(json.replace('\'', '"'));
		switch (format) {
			case "json" -> client.sendText(frame.toString());
			case "cbor" -> client.sendBinary(CBORMapper.shared().writeValueAsBytes(frame));
			default -> client.sendBinary(messagePack(frame));
		}
		for (int i = 0; i < answers; i++) {
			see(client.read());
		}
	}

	private static byte[] messagePack(JsonNode frame) throws IOException {
		try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
			pack(packer, frame);
			return packer.toByteArray();
		}
	}

	private static void pack(MessageBufferPacker packer, JsonNode node) throws IOException {
		if (node.isObject()) {
			packer.packMapHeader(node.size());
			for (var field : node.properties()) {
				packer.packString(field.getKey());
				pack(packer, field.getValue());
			}
		}
		else if (node.isArray()) {
			packer.packArrayHeader(node.size());
			for (JsonNode item : node) {
				pack(packer, item);
			}
		}
		else if (node.isString()) {
			packer.packString(node.asString());
		}
		else if (node.isNull()) {
			packer.packNil();
		}
		else {
			packer.packLong(node.asLong());
		}
	}

	private void see(RawClient.Frame frame) {
		String head = "< %sopcode=%s rsv=%d ".formatted(frame.fin() ? "" : "part of ",
				Integer.toHexString(frame.opcode()), frame.rsv());
		this.lines.add((head + switch (frame.opcode()) {
			case RawClient.TEXT -> frame.text().replaceAll("(\"(id|token|epoch)\":)\"[^\"]{12,}\"", "$1#");
			case RawClient.CLOSE ->
				(frame.closeCode() + " " + frame.closeReason()).replaceAll("(reconnect-after=)\\d+", "$1#");
			default -> masked(HexFormat.of().formatHex(frame.payload()));
		}).strip());
	}

	/**
	 * Mask the id and the token of a session and the epoch of a topic: a key, the head of
	 * a text of that length, and the text.
	 */
	private static String masked(String hex) {
		return hex.replaceAll("(" + hex("id") + "(6c|ac))[0-9a-f]{24}", "$1#")
			.replaceAll("(" + hex("token") + "(76|b6))[0-9a-f]{44}", "$1#")
			.replaceAll("(" + hex("epoch") + "(7824|d924))[0-9a-f]{72}", "$1#");
	}

	private static String hex(String text) {
		return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
	}

}
