package io.github.websocketkeepalive.stream.codec;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.TreeNode;
import tools.jackson.core.tree.ArrayTreeNode;
import tools.jackson.core.tree.ObjectTreeNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Lets serializers write values to a generator that the mapper did not make. Features of
 * generators are the format's own: those of the mapper are for JSON.
 */
final class MapperWriteContext extends ObjectWriteContext.Base {

	private final JsonMapper mapper;

	private final ObjectWriter writer;

	MapperWriteContext(JsonMapper mapper) {
		this.mapper = mapper;
		this.writer = mapper.writer().without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE);
	}

	@Override
	public ObjectTreeNode createObjectNode() {
		return this.mapper.createObjectNode();
	}

	@Override
	public ArrayTreeNode createArrayNode() {
		return this.mapper.createArrayNode();
	}

	@Override
	public void writeValue(JsonGenerator generator, Object value) {
		this.writer.writeValue(generator, value);
	}

	@Override
	public void writeTree(JsonGenerator generator, TreeNode tree) {
		this.writer.writeValue(generator, tree);
	}

}
