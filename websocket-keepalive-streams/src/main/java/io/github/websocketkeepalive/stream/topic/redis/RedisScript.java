package io.github.websocketkeepalive.stream.topic.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.data.redis.connection.ReactiveRedisConnection;
import org.springframework.data.redis.connection.ReturnType;
import reactor.core.publisher.Mono;

/**
 * A script in Lua, which is sent whole only to a Redis that does not know it.
 */
final class RedisScript {

	/**
	 * Puts the name of the data set into a variable {@code data_set}: the replication id.
	 * Empty if it may not be asked for.
	 */
	static final String DATA_SET = """
			local info = redis.pcall('INFO', 'replication')
			local data_set = type(info) == 'string' and string.match(info, 'master_replid:(%w+)') or ''
			""";

	private final ByteBuffer text;

	private final String digest;

	RedisScript(String text) {
		this.text = bytes(text).asReadOnlyBuffer();
		this.digest = sha1(text);
	}

	// The keys come first among the arguments.
	Mono<String> run(ReactiveRedisConnection connection, int keys, List<ByteBuffer> arguments) {
		ByteBuffer[] keysAndArguments = arguments.toArray(ByteBuffer[]::new);
		return connection.scriptingCommands()
			.<ByteBuffer>evalSha(this.digest, ReturnType.VALUE, keys, keysAndArguments)
			.onErrorResume(RedisScript::isUnknown,
					(ex) -> connection.scriptingCommands()
						.eval(this.text.duplicate(), ReturnType.VALUE, keys, keysAndArguments))
			.single()
			.map((reply) -> StandardCharsets.UTF_8.decode(reply).toString());
	}

	private static boolean isUnknown(Throwable failure) {
		String message = NestedExceptionUtils.getMostSpecificCause(failure).getMessage();
		return message != null && message.startsWith("NOSCRIPT");
	}

	static ByteBuffer bytes(Object value) {
		return ByteBuffer.wrap(value.toString().getBytes(StandardCharsets.UTF_8));
	}

	private static String sha1(String text) {
		try {
			return HexFormat.of()
				.formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
