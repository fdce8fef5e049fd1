package io.github.websocketkeepalive.stream.codec;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.TokenBuffer;

import io.github.websocketkeepalive.stream.protocol.ServerFrame;

/**
 * Reads and writes the fields that frames of a server have.
 */
final class ServerFrames {

	private static final Set<String> FIELDS = Set.of("type", "stream", "ref", "epoch", "offset", "recovered", "missing",
			"window", "code", "message", "id", "token");

	private final JsonMapper mapper;

	private final Function<String, Type> itemType;

	ServerFrames(JsonMapper mapper, Function<String, Type> itemType) {
		this.mapper = mapper;
		this.itemType = itemType;
	}

	ServerFrame read(JsonParser parser, Fields fields) {
		new FieldsReader(parser, fields).read(FIELDS, (items) -> items(items, fields));
		String type = fields.text("type");
		return switch (type) {
			case "opened" -> opened(fields);
			case "batch" -> new ServerFrame.Batch(fields.stream(), fields.number("offset", 0), items(fields));
			case "end" -> new ServerFrame.End(fields.stream(), fields.ref(), fields.number("offset", 0));
			case "error" -> new ServerFrame.Error(fields.has("stream") ? fields.stream() : null, fields.ref(),
					fields.text("code"), fields.text("message"));
			case "cancelled" -> new ServerFrame.Cancelled(fields.stream(), fields.ref());
			case "pong" -> new ServerFrame.Pong();
			case "session" ->
				new ServerFrame.Session(fields.text("id"), fields.text("token"), fields.flag("recovered"));
			default -> new ServerFrame.Unknown(type);
		};
	}

	private static ServerFrame opened(Fields fields) {
		return new ServerFrame.Opened(fields.stream(), fields.ref(), fields.text("epoch"), fields.number("offset", 0),
				fields.flag("recovered"), fields.has("missing") ? fields.number("missing", 0) : null, fields.window());
	}

	private Object items(JsonParser parser, Fields fields) {
		if (fields.isBatch()) {
			return list(parser, fields);
		}
		// What the items are is not known yet.
		TokenBuffer tokens = TokenBuffer.forBuffering(parser, parser.objectReadContext());
		tokens.copyCurrentStructure(parser);
		return tokens;
	}

	private List<?> items(Fields fields) {
		if (fields.required("items") instanceof TokenBuffer tokens) {
			try (JsonParser parser = tokens.asParser()) {
				parser.nextToken();
				return list(parser, fields);
			}
		}
		return (List<?>) fields.required("items");
	}

	private List<?> list(JsonParser parser, Fields fields) {
		if (parser.currentToken() != JsonToken.START_ARRAY) {
			throw fields.failure("'items' must be an array");
		}
		JavaType type = this.mapper.constructType(this.itemType.apply(fields.stream()));
		JavaType list = this.mapper.getTypeFactory().constructCollectionType(ArrayList.class, type);
		try {
			return this.mapper.readerFor(list)
				.without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
				.readValue(parser);
		}
		catch (DatabindException ex) {
			throw fields.failure("An item cannot be read as " + type.toCanonical() + ": " + ex.getOriginalMessage());
		}
	}

	static Fields write(ServerFrame frame) {
		Fields fields = new Fields();
		if (frame instanceof ServerFrame.Opened opened) {
			return fields.put("type", "opened")
				.put("stream", opened.stream())
				.put("ref", opened.ref())
				.put("epoch", opened.epoch())
				.put("offset", opened.offset())
				.put("recovered", opened.recovered())
				.put("missing", opened.missing())
				.put("window", opened.window());
		}
		if (frame instanceof ServerFrame.Batch batch) {
			return fields.put("type", "batch")
				.put("stream", batch.stream())
				.put("offset", batch.offset())
				.put("items", batch.items());
		}
		if (frame instanceof ServerFrame.End end) {
			return fields.put("type", "end")
				.put("stream", end.stream())
				.put("ref", end.ref())
				.put("offset", end.offset());
		}
		if (frame instanceof ServerFrame.Error error) {
			return fields.put("type", "error")
				.put("stream", error.stream())
				.put("ref", error.ref())
				.put("code", error.code())
				.put("message", error.message());
		}
		if (frame instanceof ServerFrame.Cancelled cancelled) {
			return fields.put("type", "cancelled").put("stream", cancelled.stream()).put("ref", cancelled.ref());
		}
		if (frame instanceof ServerFrame.Session session) {
			return fields.put("type", "session")
				.put("id", session.id())
				.put("token", session.token())
				.put("recovered", session.recovered());
		}
		return fields.put("type", (frame instanceof ServerFrame.Unknown unknown) ? unknown.type() : "pong");
	}

}
