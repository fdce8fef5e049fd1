package io.github.websocketkeepalive.stream.codec;

import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;

import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.protocol.ClientFrame;

/**
 * Reads and writes the fields that frames of a client have.
 */
final class ClientFrames {

	private static final Set<String> FIELDS = Set.of("type", "stream", "ref", "source", "request", "window", "from",
			"offset", "token");

	private static final int MAX_SOURCE_LENGTH = 256;

	private static final int MAX_EPOCH_LENGTH = 1024;

	private ClientFrames() {
	}

	static ClientFrame read(JsonParser parser, Fields fields) {
		new FieldsReader(parser, fields).read(FIELDS, null);
		String type = fields.text("type");
		return switch (type) {
			case "open" -> open(fields);
			case "ack" -> new ClientFrame.Ack(fields.stream(), fields.number("offset", 0));
			case "cancel" -> new ClientFrame.Cancel(fields.stream());
			case "ping" -> new ClientFrame.Ping();
			case "session" -> new ClientFrame.Session(fields.optionalText("token"));
			default -> new ClientFrame.Unknown(type);
		};
	}

	private static ClientFrame.Open open(Fields fields) {
		return new ClientFrame.Open(fields.stream(), fields.ref(), fields.name("source", MAX_SOURCE_LENGTH),
				fields.object("request"), fields.window(), from(fields));
	}

	private static @Nullable StreamPosition from(Fields fields) {
		if (!fields.has("from")) {
			return null;
		}
		Fields from = fields.nested("from");
		return new StreamPosition(from.name("epoch", MAX_EPOCH_LENGTH), from.number("offset", 0));
	}

	static Fields write(ClientFrame frame) {
		Fields fields = new Fields();
		if (frame instanceof ClientFrame.Open open) {
			StreamPosition from = open.from();
			return fields.put("type", "open")
				.put("stream", open.stream())
				.put("ref", open.ref())
				.put("source", open.source())
				.put("request", open.request())
				.put("window", open.window())
				.put("from",
						(from != null) ? new Fields().put("epoch", from.epoch()).put("offset", from.offset()) : null);
		}
		if (frame instanceof ClientFrame.Ack ack) {
			return fields.put("type", "ack").put("stream", ack.stream()).put("offset", ack.offset());
		}
		if (frame instanceof ClientFrame.Cancel cancel) {
			return fields.put("type", "cancel").put("stream", cancel.stream());
		}
		if (frame instanceof ClientFrame.Session session) {
			return fields.put("type", "session").put("token", session.token());
		}
		return fields.put("type", (frame instanceof ClientFrame.Unknown unknown) ? unknown.type() : "ping");
	}

}
