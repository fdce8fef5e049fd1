package io.github.websocketkeepalive.stream.codec.msgpack;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.ErrorReportConfiguration;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteCapability;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.Version;
import tools.jackson.core.base.GeneratorBase;
import tools.jackson.core.exc.StreamWriteException;
import tools.jackson.core.io.ContentReference;
import tools.jackson.core.io.IOContext;
import tools.jackson.core.util.BufferRecycler;
import tools.jackson.core.util.JacksonFeatureSet;
import tools.jackson.core.util.SimpleStreamWriteContext;

/**
 * Knows where in a value it is, and that JSON has no place in it.
 */
abstract class BinaryGenerator extends GeneratorBase {

	SimpleStreamWriteContext context = SimpleStreamWriteContext.createRootContext(null);

	private final Object target;

	BinaryGenerator(ObjectWriteContext writeContext, Object target) {
		super(writeContext,
				new IOContext(StreamReadConstraints.defaults(), StreamWriteConstraints.defaults(),
						ErrorReportConfiguration.defaults(), new BufferRecycler(), ContentReference.unknown(), false,
						JsonEncoding.UTF8),
				0);
		this.target = target;
	}

	@Override
	public final Version version() {
		return Version.unknownVersion();
	}

	@Override
	public final TokenStreamContext streamWriteContext() {
		return this.context;
	}

	@Override
	public final Object streamWriteOutputTarget() {
		return this.target;
	}

	@Override
	public final @Nullable Object currentValue() {
		return this.context.currentValue();
	}

	@Override
	public final void assignCurrentValue(@Nullable Object value) {
		this.context.assignCurrentValue(value);
	}

	@Override
	public final JacksonFeatureSet<StreamWriteCapability> streamWriteCapabilities() {
		return DEFAULT_BINARY_WRITE_CAPABILITIES;
	}

	@Override
	public final JsonGenerator writeRawUTF8String(byte[] buffer, int offset, int length) {
		throw raw();
	}

	@Override
	public final JsonGenerator writeRaw(String text) {
		throw raw();
	}

	@Override
	public final JsonGenerator writeRaw(String text, int offset, int length) {
		throw raw();
	}

	@Override
	public final JsonGenerator writeRaw(char[] text, int offset, int length) {
		throw raw();
	}

	@Override
	public final JsonGenerator writeRaw(char character) {
		throw raw();
	}

	private StreamWriteException raw() {
		return new StreamWriteException(this, "Raw JSON cannot be written as MessagePack");
	}

	@Override
	protected void _verifyValueWrite(String what) {
		if (!this.context.writeValue()) {
			throw new StreamWriteException(this, "Cannot " + what + ": the name of a property is expected");
		}
	}

	@Override
	protected final void _releaseBuffers() {
	}

}
