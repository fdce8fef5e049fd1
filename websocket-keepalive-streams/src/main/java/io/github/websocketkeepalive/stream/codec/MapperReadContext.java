package io.github.websocketkeepalive.stream.codec;

import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TreeNode;
import tools.jackson.core.type.ResolvedType;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * Lets deserializers read values from a parser that the mapper did not make. Features of
 * parsers are the format's own: those of the mapper are for JSON.
 */
final class MapperReadContext extends ObjectReadContext.Base {

	private final ObjectReader reader;

	private final StreamReadConstraints constraints;

	MapperReadContext(JsonMapper mapper, StreamReadConstraints constraints) {
		this.reader = mapper.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
		this.constraints = constraints;
	}

	@Override
	public StreamReadConstraints streamReadConstraints() {
		return this.constraints;
	}

	@Override
	@SuppressWarnings("unchecked")
	public <T extends TreeNode> T readTree(JsonParser parser) {
		return (T) this.reader.readTree(parser);
	}

	@Override
	public <T> T readValue(JsonParser parser, Class<T> type) {
		return this.reader.forType(type).readValue(parser);
	}

	@Override
	public <T> T readValue(JsonParser parser, TypeReference<T> type) {
		return this.reader.forType(type).readValue(parser);
	}

	@Override
	public <T> T readValue(JsonParser parser, ResolvedType type) {
		return this.reader.forType((JavaType) type).readValue(parser);
	}

}
