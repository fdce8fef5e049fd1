package io.github.websocketkeepalive.stream.topic.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.springframework.data.redis.connection.ReactiveRedisConnection;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.topic.HistoryPolicy;

/**
 * What Redis does for a topic in one step: append messages, and begin an epoch where
 * there is none or where it cannot go on. Identifiers of a stream's entries are epoch and
 * offset. An epoch is greater than those before it, so that whoever waits for entries
 * sees a new epoch too.
 * <p>
 * An epoch ends with the data set that it began in: Redis names a data set by its
 * replication id, which is another one after each start and after each promotion of a
 * replica, and also when a master gets its first replica. Nobody can know what was lost
 * then, so no offset of that epoch is given out again. Within a data set, the entry that
 * an instance has seen last must still be the one at that offset.
 */
final class TopicScript {

	private static final RedisScript SCRIPT = new RedisScript(RedisScript.DATA_SET + """
			local meta, stream, writer_key = KEYS[1], KEYS[2], KEYS[3]
			local known, known_next, known_last = ARGV[1], tonumber(ARGV[2]), ARGV[3]
			local renew, probe = ARGV[4] == '1', ARGV[5] == '1'
			local writer, batch, expires = ARGV[6], ARGV[7], tonumber(ARGV[8])
			local max_entries, max_bytes, ttl = tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11])
			local keep, first = ARGV[12], 13
			local function text(number)
			  return string.format('%.0f', number)
			end
			-- Numbers of Lua are exact below 2^53, and ours have room to grow. Others are not ours.
			local function number(value)
			  local digits = value and #value <= 16 and string.match(value, '^%d+$')
			  local result = digits and tonumber(digits)
			  return result and result < 4503599627370496 and result or nil
			end
			if batch ~= '' then
			  local last = redis.call('GET', writer_key)
			  local number_of_last = last and tonumber(string.match(last, '^%d+'))
			  if number_of_last == tonumber(batch) then
			    return string.sub(last, #batch + 2)
			  elseif number_of_last and number_of_last > tonumber(batch) then
			    return 'refused'
			  end
			end
			local kind = redis.call('TYPE', stream).ok
			if kind ~= 'none' and kind ~= 'stream' then
			  return redis.error_reply('WRONGTYPE ' .. stream .. ' is not a stream but a ' .. kind)
			end
			local time = redis.call('TIME')
			local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
			local state = redis.call('HMGET', meta, 'epoch', 'next', 'bytes', 'last', 'data')
			local epoch, next, bytes, last = number(state[1]), number(state[2]), number(state[3]) or 0, state[4] or ''
			local goes_on = epoch and next and state[5] == data_set
			if goes_on and known ~= '' then
			  if text(epoch) ~= known then
			    goes_on = epoch > tonumber(known)
			  elseif next <= known_next then
			    goes_on = next == known_next and last == known_last
			  elseif known_last ~= '' then
			    local id = known .. '-' .. text(known_next - 1)
			    local entry = redis.call('XRANGE', stream, id, id)[1]
			    -- What is not kept any more can be relied on within a data set only.
			    goes_on = entry and entry[2][6] == known_last or not entry and data_set ~= ''
			  end
			end
			if batch ~= '' then
			  if not goes_on or text(epoch) ~= known or now > expires then
			    return 'refused'
			  end
			elseif not goes_on or renew then
			  epoch = math.max(now, (epoch or 0) + 1, (tonumber(known) or 0) + 1)
			  next, last = 0, ''
			  redis.call('HSET', meta, 'epoch', text(epoch), 'next', '0', 'bytes', '0', 'last', '', 'data', data_set)
			  redis.call('DEL', stream)
			elseif probe then
			  redis.call('HSET', meta, 'data', data_set)
			end
			local reply = text(epoch) .. ' ' .. text(next) .. ' ' .. text(now)
			if batch ~= '' then
			  if kind == 'none' then
			    bytes = 0
			  end
			  for i = first, #ARGV do
			    last = writer .. ' ' .. batch .. ' ' .. (i - first)
			    local added = redis.pcall('XADD', stream, text(epoch) .. '-' .. text(next),
			        'd', ARGV[i], 't', text(now), 'm', last)
			    if type(added) == 'table' and added.err then
			      if string.find(added.err, 'equal or smaller', 1, true) then
			        return 'foreign'
			      end
			      return redis.error_reply(string.match(added.err, '%u%u+ .*') or added.err)
			    end
			    next = next + 1
			    bytes = bytes + #ARGV[i]
			  end
			  local length = redis.call('XLEN', stream)
			  while length > 1 do
			    local oldest = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
			    local fields = oldest[2]
			    if length <= max_entries and bytes <= max_bytes
			        and now - (tonumber(fields[4]) or 0) < ttl * 1000 then
			      break
			    end
			    redis.call('XDEL', stream, oldest[1])
			    length = length - 1
			    bytes = math.max(0, bytes - #fields[2])
			  end
			  redis.call('HSET', meta, 'next', text(next), 'bytes', text(bytes), 'last', last)
			  redis.call('PEXPIRE', stream, ARGV[11])
			  redis.call('SET', writer_key, batch .. ' ' .. reply, 'PX', '60000')
			end
			redis.call('PEXPIRE', meta, keep)
			return reply .. ' ' .. last
			""");

	// For how long the numbering outlives the last instance.
	private static final Duration META_TTL = Duration.ofDays(1);

	private static final int KEYS = 3;

	private final String stream;

	private final String writer;

	private final List<ByteBuffer> policy;

	/**
	 * Create the script of a topic.
	 * @param topic the topic
	 * @param policy how much of it is kept
	 * @param writer names this start of this instance among all that append
	 */
	TopicScript(String topic, HistoryPolicy policy, String writer) {
		this.stream = "websocket-keepalive:stream:{%s}".formatted(topic);
		this.writer = writer;
		long ttl = policy.ttl().toMillis();
		this.policy = List.of(RedisScript.bytes(policy.maxEntries()), RedisScript.bytes(policy.maxBytes()),
				RedisScript.bytes(Math.max(1, ttl)), RedisScript.bytes(META_TTL.toMillis() + ttl));
	}

	// The key of the messages. The braces keep all keys on one node of a cluster.
	ByteBuffer stream() {
		return StandardCharsets.UTF_8.encode(this.stream);
	}

	// Begins an epoch if there is none, if what is known is not what Redis has, or if the
	// epoch is to be renewed. A probe fails if Redis takes nothing at present.
	Mono<Reply> attach(ReactiveRedisConnection connection, KnownEnd known, boolean renew, boolean probe) {
		return run(connection, arguments(known, renew, probe, "", 0, List.of()));
	}

	// Refused unless the epoch is the known one and goes on after what was seen, or if it
	// comes after its time by the clock of Redis. A batch that Redis has had already is
	// not appended again, not even if it was held up on its way and comes after later
	// ones.
	Mono<Reply> append(ReactiveRedisConnection connection, KnownEnd known, AppendQueue.Batch batch,
			long expiresMicros) {
		return run(connection,
				arguments(known, false, false, Long.toString(batch.number()), expiresMicros, batch.json()));
	}

	private static Mono<Reply> run(ReactiveRedisConnection connection, List<ByteBuffer> arguments) {
		return SCRIPT.run(connection, KEYS, arguments).map(Reply::of);
	}

	private List<ByteBuffer> arguments(KnownEnd known, boolean renew, boolean probe, String batch, long expiresMicros,
			List<byte[]> messages) {
		List<ByteBuffer> arguments = new ArrayList<>(KEYS + 12 + messages.size());
		arguments.add(RedisScript.bytes(this.stream + ":meta"));
		arguments.add(RedisScript.bytes(this.stream));
		arguments.add(RedisScript.bytes(this.stream + ":writer:" + this.writer));
		arguments.add(RedisScript.bytes(known.position().epoch()));
		arguments.add(RedisScript.bytes(known.position().offset()));
		arguments.add(RedisScript.bytes(known.last()));
		arguments.add(RedisScript.bytes(renew ? 1 : 0));
		arguments.add(RedisScript.bytes(probe ? 1 : 0));
		arguments.add(RedisScript.bytes(this.writer));
		arguments.add(RedisScript.bytes(batch));
		arguments.add(RedisScript.bytes(expiresMicros));
		this.policy.forEach((argument) -> arguments.add(argument.duplicate()));
		messages.forEach((message) -> arguments.add(ByteBuffer.wrap(message)));
		return arguments;
	}

	/**
	 * What Redis answers.
	 *
	 * @param outcome whether anything was done
	 * @param end the place of the first message, or of the next one if none was appended,
	 * and which message is before it; means nothing unless it was done
	 * @param micros the time by the clock of Redis, in microseconds
	 */
	record Reply(Outcome outcome, KnownEnd end, long micros) {

		private static final int PARTS = 4;

		private static Reply of(String text) {
			if (text.equals("refused")) {
				return new Reply(Outcome.REFUSED, KnownEnd.NOTHING, 0);
			}
			if (text.equals("foreign")) {
				return new Reply(Outcome.FOREIGN, KnownEnd.NOTHING, 0);
			}
			String[] parts = text.split(" ", PARTS);
			return new Reply(Outcome.DONE, new KnownEnd(new StreamPosition(parts[0], Long.parseLong(parts[1])),
					(parts.length == PARTS) ? parts[PARTS - 1] : ""), Long.parseLong(parts[2]));
		}

	}

	/**
	 * Whether anything was done. Foreign: somebody else has written to the stream, so
	 * that its next offset cannot be used.
	 */
	enum Outcome {

		DONE, REFUSED, FOREIGN

	}

}
