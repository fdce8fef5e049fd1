package io.github.websocketkeepalive.stream.codec;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The encodings that there are. CBOR is among them if {@code jackson-dataformat-cbor} is
 * on the class path, and MessagePack if {@code msgpack-core} is.
 */
public final class StreamCodecs {

	/**
	 * What every subprotocol begins with.
	 */
	private static final String PREFIX = "resumable.v1.";

	private final StreamCodec json;

	private final List<StreamCodec> codecs;

	/**
	 * Create the codecs.
	 * @param mapper maps items and requests to JSON, and to the same maps in the other
	 * encodings
	 */
	public StreamCodecs(JsonMapper mapper) {
		JsonFormat json = new JsonFormat(mapper);
		this.json = new JacksonCodec(PREFIX + "json", json, json, mapper);
		List<StreamCodec> codecs = new ArrayList<>();
		if (isPresent("tools.jackson.dataformat.cbor.CBORFactory")) {
			codecs.add(new JacksonCodec(PREFIX + "cbor", new CborFormat(mapper), json, mapper));
		}
		if (isPresent("org.msgpack.core.MessagePack")) {
			codecs.add(new JacksonCodec(PREFIX + "msgpack", new MessagePackFormat(mapper), json, mapper));
		}
		codecs.add(this.json);
		this.codecs = List.copyOf(codecs);
	}

	private static boolean isPresent(String className) {
		try {
			Class.forName(className, false, StreamCodecs.class.getClassLoader());
			return true;
		}
		catch (ClassNotFoundException ex) {
			return false;
		}
	}

	/**
	 * Return the subprotocols in order of preference.
	 * @return the names
	 */
	public List<String> subprotocols() {
		return this.codecs.stream().map(StreamCodec::subprotocol).toList();
	}

	/**
	 * Find the codec that was negotiated.
	 * @param subprotocol the subprotocol, or {@code null} if none was negotiated
	 * @return the codec, that for JSON if there is none of that name
	 */
	public StreamCodec find(@Nullable String subprotocol) {
		return this.codecs.stream()
			.filter((codec) -> codec.subprotocol().equals(subprotocol))
			.findFirst()
			.orElse(this.json);
	}

}
