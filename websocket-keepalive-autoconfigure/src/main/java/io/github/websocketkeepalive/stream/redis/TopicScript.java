package io.github.websocketkeepalive.stream.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.data.redis.connection.ReactiveRedisConnection;
import org.springframework.data.redis.connection.ReturnType;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.store.HistoryPolicy;

/**
 * What Redis does in one step: append messages, and begin an epoch where there is none or
 * where it cannot go on. Identifiers of a stream's entries are epoch and offset, and an
 * epoch is greater than those before it, so that whoever waits for entries sees a new
 * epoch too.
 */
final class TopicScript {

	private static final String TEXT = """
			local meta, stream, writer = KEYS[1], KEYS[2], KEYS[3]
			local known, known_next, renew, batch = ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1', ARGV[4]
			local max_entries, max_bytes, ttl = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
			local keep = ARGV[8]
			local function text(number)
			  return string.format('%.0f', number)
			end
			if batch ~= '' then
			  local last = redis.call('GET', writer)
			  local number = last and tonumber(string.match(last, '^%d+'))
			  if number == tonumber(batch) then
			    return string.sub(last, #batch + 2)
			  elseif number and number > tonumber(batch) then
			    return 'refused'
			  end
			end
			local kind = redis.call('TYPE', stream).ok
			if kind ~= 'none' and kind ~= 'stream' then
			  return redis.error_reply('WRONGTYPE ' .. stream .. ' is not a stream but a ' .. kind)
			end
			local time = redis.call('TIME')
			local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
			local state = redis.call('HMGET', meta, 'epoch', 'next', 'bytes')
			local epoch, next, bytes = tonumber(state[1]), tonumber(state[2]), tonumber(state[3]) or 0
			local lost = epoch and known ~= '' and (epoch < tonumber(known) or (text(epoch) == known and next < known_next))
			if batch ~= '' then
			  if not epoch or text(epoch) ~= known or lost then
			    return 'refused'
			  end
			elseif not epoch or lost or renew then
			  epoch = math.max(now, (epoch or 0) + 1, (tonumber(known) or 0) + 1)
			  next, bytes = 0, 0
			  redis.call('DEL', stream)
			  redis.call('HSET', meta, 'epoch', text(epoch), 'next', '0', 'bytes', '0')
			end
			local reply = text(epoch) .. ' ' .. text(next) .. ' ' .. text(now)
			if batch ~= '' then
			  if kind == 'none' then
			    bytes = 0
			  end
			  for i = 9, #ARGV do
			    redis.call('XADD', stream, text(epoch) .. '-' .. text(next),
			        'd', ARGV[i], 't', text(now), 'm', batch .. ' ' .. (i - 9))
			    next = next + 1
			    bytes = bytes + #ARGV[i]
			  end
			  local length = redis.call('XLEN', stream)
			  while length > 1 do
			    local oldest = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
			    local fields = oldest[2]
			    if length <= max_entries and bytes <= max_bytes and now - tonumber(fields[4]) < ttl * 1000 then
			      break
			    end
			    redis.call('XDEL', stream, oldest[1])
			    length = length - 1
			    bytes = bytes - #fields[2]
			  end
			  redis.call('HSET', meta, 'next', text(next), 'bytes', text(bytes))
			  redis.call('PEXPIRE', stream, ARGV[7])
			  redis.call('SET', writer, batch .. ' ' .. reply, 'PX', '60000')
			end
			redis.call('PEXPIRE', meta, keep)
			return reply
			""";

	private static final ByteBuffer SCRIPT = bytes(TEXT).asReadOnlyBuffer();

	private static final String DIGEST = sha1(TEXT);

	// For how long the numbering outlives the last instance.
	private static final Duration META_TTL = Duration.ofDays(1);

	private static final int KEYS = 3;

	private final String stream;

	private final String writer;

	private final List<ByteBuffer> policy;

	TopicScript(String topic, HistoryPolicy policy) {
		this.stream = "websocket-keepalive:stream:{%s}".formatted(topic);
		this.writer = this.stream + ":writer:" + UUID.randomUUID();
		long ttl = policy.ttl().toMillis();
		this.policy = List.of(bytes(policy.maxEntries()), bytes(policy.maxBytes()), bytes(Math.max(1, ttl)),
				bytes(META_TTL.toMillis() + ttl));
	}

	// The key of the messages. The braces keep all keys on one node of a cluster.
	String stream() {
		return this.stream;
	}

	// Begins an epoch if there is none, if the known one goes on at an earlier offset
	// than was seen already, or if it is to be renewed.
	Mono<Reply> attach(ReactiveRedisConnection connection, StreamPosition known, boolean renew) {
		return run(connection, arguments(known, renew, "", List.of()));
	}

	// Refused unless the epoch is the known one and goes on where it was seen to. A batch
	// that Redis has had already is not appended again, not even if it was held up on its
	// way and comes after later ones.
	Mono<Reply> append(ReactiveRedisConnection connection, StreamPosition known, String batch, List<byte[]> messages) {
		return run(connection, arguments(known, false, batch, messages));
	}

	private List<ByteBuffer> arguments(StreamPosition known, boolean renew, String batch, List<byte[]> messages) {
		List<ByteBuffer> arguments = new ArrayList<>(KEYS + 8 + messages.size());
		arguments.add(bytes(this.stream + ":meta"));
		arguments.add(bytes(this.stream));
		arguments.add(bytes(this.writer));
		arguments.add(bytes(known.epoch()));
		arguments.add(bytes(known.offset()));
		arguments.add(bytes(renew ? 1 : 0));
		arguments.add(bytes(batch));
		this.policy.forEach((argument) -> arguments.add(argument.duplicate()));
		messages.forEach((message) -> arguments.add(ByteBuffer.wrap(message)));
		return arguments;
	}

	private static Mono<Reply> run(ReactiveRedisConnection connection, List<ByteBuffer> arguments) {
		ByteBuffer[] keysAndArguments = arguments.toArray(ByteBuffer[]::new);
		return connection.scriptingCommands()
			.<ByteBuffer>evalSha(DIGEST, ReturnType.VALUE, KEYS, keysAndArguments)
			.onErrorResume(TopicScript::isUnknown,
					(ex) -> connection.scriptingCommands()
						.eval(SCRIPT.duplicate(), ReturnType.VALUE, KEYS, keysAndArguments))
			.single()
			.map((reply) -> Reply.of(StandardCharsets.UTF_8.decode(reply).toString()));
	}

	private static boolean isUnknown(Throwable failure) {
		String message = NestedExceptionUtils.getMostSpecificCause(failure).getMessage();
		return message != null && message.startsWith("NOSCRIPT");
	}

	private static ByteBuffer bytes(Object value) {
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

	/**
	 * What Redis answers.
	 *
	 * @param position the place of the first message, or of the next one if none was
	 * appended; {@code null} if it was refused
	 * @param micros the time by the clock of Redis, in microseconds
	 */
	record Reply(@Nullable StreamPosition position, long micros) {

		private static Reply of(String text) {
			if (text.equals("refused")) {
				return new Reply(null, 0);
			}
			String[] parts = text.split(" ");
			return new Reply(new StreamPosition(parts[0], Long.parseLong(parts[1])), Long.parseLong(parts[2]));
		}

	}

}
